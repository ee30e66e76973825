# --- claim: one pod is one job ---------------------------------------------------------------------------------------------
# Should Slurm have two jobs of a pod after all (an sbatch without an answer, a controller that forgot), only the one whose number stands
# in the pod's folder runs: whoever writes it first, the job itself or the sidecar before it submits another. A job whose pod is gone
# finds no folder. Slurm starts a requeued job with the number that it had.
claim_pod() {
  local number=${1-1} claimed=''
  (set -C && printf '%s\n' "$number" >"$pod_folder/claim") 2>/dev/null
  { IFS= read -r claimed <"$pod_folder/claim"; } 2>/dev/null
  [[ $claimed == "$number" ]] && return
  printf 'pod %s/%s is not this job'\''s: it is gone, or another job has it\n' "$pod_namespace" "$pod_name"
  exit 0
}
