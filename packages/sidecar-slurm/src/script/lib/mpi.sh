# --- MPI ------------------------------------------------------------------------------------------------------------------
# mpi_words: what goes before the command of a container that runs under mpiexec; empty where it does not.
mpi_words_of() {
  local words
  mpi_words=()
  container_folder "$1"
  read_words "$REPLY/mpi-flags" && mpi_words=(mpiexec -np "${SLURM_NTASKS:-1}" "${words[@]}")
  return 0
}
