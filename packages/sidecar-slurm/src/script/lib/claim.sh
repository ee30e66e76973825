# --- claim: one pod is one job ---------------------------------------------------------------------------------------------
# Should Slurm have two jobs of a pod after all (an sbatch without an answer, a controller that forgot), only the one whose number stands
# in the pod's folder runs: whoever writes it first, the job itself or the sidecar before it submits another. A job whose pod is gone
# finds no folder. Slurm starts a requeued job with the number that it had, and counts; a controller that was killed may have forgotten
# that it had begun a job, and begins it once more without: a run leaves its mark before it does anything, and none is made twice. The
# sidecar may give up a number that has not begun; should two jobs get so far, the first in `runner` goes on. Where nodes do not see that
# folder, the sidecar looks into it for them, and hands the pod to no other job, nor twice: remote.sh.

# file_system is shared, remote, or unknown: then this job finds out. The root's own folder tells a pod that is gone from a root that is not there.
take_pod() {
  if [[ $file_system == shared ]]; then
    claim_pod "$@"
  elif [[ $file_system == unknown && (-d $pod_folder || -d $spool_folder) ]]; then
    claim_pod "$@"
    exec >>"$pod_folder/slurm.out" 2>&1
  else
    await_pod "${1-1}"
  fi
}

claim_pod() {
  claim_file claim "${1-1}" || not_mine
  claim_file runner "${SLURM_JOB_ID-}" || not_mine
  make_file "run.${SLURM_RESTART_COUNT:-0}" "${SLURM_JOB_ID-}" || begun_before
}

# Whoever writes it first, has it.
claim_file() {
  make_file "$1" "$2"
  [[ $written == "$2" ]]
}

# Status 1: it was there before. written: what stands in it now, which is read back in any case: the sidecar may have moved the claim, and
# on a network's file system what finds no room is lost without a word.
make_file() {
  local path=$pod_folder/$1 status=0
  (set -C && printf '%s\n' "$2" >"$path") 2>/dev/null || status=1
  read_written "$path"
  # Another job may be about to write it.
  [[ -z $written && -d $pod_folder ]] && pause 1000 && read_written "$path"
  [[ -z $written && -d $pod_folder ]] && cannot_write "$path"
  return "$status"
}

read_written() {
  written=''
  { IFS= read -r written <"$1"; } 2>/dev/null
}

# The pod may still be this job's, and has not begun: no success.
cannot_write() {
  printf 'cannot write %s: the file system is full, a quota is used up, or it is read-only\n' "$1" >&2
  exit 1
}

# Only of a pod that has ended this must not count as a failure.
begun_before() {
  local text="Slurm has begun job ${SLURM_JOB_ID-} a second time, as if it had not run: its controller has lost what it knew. The pod does not run twice"
  [[ -n $node_folder ]] && exit 1
  printf '%s\n' "$text" >>"$pod_folder/slurm.out"
  read_key "$pod_folder/pod.state" phase
  [[ $REPLY == ended ]] && exit 0
  add_event Warning JobBegunTwice '' "$text"
  announce
  exit 1
}

# By this code the sidecar knows that the pod has not been begun: folder/claim.ts.
not_mine() {
  printf 'pod %s/%s is not this job'\''s: it is gone, or another job has it\n' "$pod_namespace" "$pod_name"
  exit 100
}
