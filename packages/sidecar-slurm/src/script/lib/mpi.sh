# --- MPI ------------------------------------------------------------------------------------------------------------------
# mpi_words: what goes before the command of a container that runs under mpiexec; empty where it does not.
mpi_words_of() {
  local words program
  mpi_words=()
  container_folder "$1"
  read_words "$REPLY/mpi-flags" || return 0
  # The site's, found by the job's own PATH.
  program=$(type -P mpiexec) || start_failed 'exec: "mpiexec": executable file not found in $PATH of the job'
  mpi_words=("$program" -np "${SLURM_NTASKS:-1}" "${words[@]}")
  # The job began without an environment, by this variable; what mpiexec starts by srun would have none, either.
  export SLURM_EXPORT_ENV=ALL
}
