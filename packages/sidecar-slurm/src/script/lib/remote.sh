# --- remote: where this node does not see the sidecar's folders -----------------------------------------------------------
# The pod's folder is in one of this node's own then. A step of this job that the sidecar keeps open brings what belongs in it, and takes
# back what the job writes: link.sh. In node_folder:
#   job       which job this is: UID, number, job id, how often Slurm has begun it
#   lock      held for as long as anything of this job runs
#   pod/      the pod's folder, once it has come whole
#   refused   there instead when the pod is not this job's; in it: `begun-before` when Slurm has begun the job twice
#   news/     where the job says that it has written something
#   fetched   the sidecar has all of it
# and what the script has on the node anyhow.
# node_pointer, which steps find by the job's id, says where node_folder is.
node_folder='' node_pointer=''
await_pod_ms=$INTERLINK_AWAIT_POD_MS
await_fetch_ms=$INTERLINK_AWAIT_FETCH_MS

await_pod() {
  local place=${SLURM_TMPDIR:-${TMPDIR:-/tmp}} until why
  sweep_node
  trap 'leave_node; exit 143' TERM
  node_folder=$(mktemp -d -- "$place/interlink-pod.XXXXXXXX") || exit
  exec {node_lock}>"$node_folder/lock"
  flock -n "$node_lock"
  printf '%s %s %s %s\n' "$pod_uid" "$1" "${SLURM_JOB_ID-}" "${SLURM_RESTART_COUNT:-0}" >"$node_folder/job"
  mkdir -- "$node_folder/news" || exit
  node_pointer=$(mktemp -- "/tmp/interlink-job-${SLURM_JOB_ID-}.XXXXXXXX") || exit
  printf '%s\n%s\n' "$pod_uid" "$node_folder" >"$node_pointer"
  now_ms
  until=$((now + await_pod_ms))
  until [[ -d $node_folder/pod ]]; do
    if [[ -e $node_folder/refused ]]; then
      why=$(<"$node_folder/refused")
      leave_node
      [[ $why == begun-before ]] && begun_before
      not_mine
    fi
    now_ms
    if ((now > until)); then
      leave_node
      printf 'pod %s/%s was not brought to this node in time\n' "$pod_namespace" "$pod_name"
      exit 1
    fi
    pause 100
  done
  pod_folder=$node_folder/pod spool_folder=$node_folder/news
  exec >>"$pod_folder/slurm.out" 2>&1
}

# Images stay on the node for jobs to come, in a folder where nobody else can have put any.
keep_images_here() {
  local mode
  [[ -z $node_folder || -z ${image_cache-} ]] && return
  image_cache=${APPTAINER_CACHEDIR:-/var/tmp}/interlink-images-$UID
  mkdir -p -m 0700 -- "$image_cache" 2>/dev/null
  mode=$(stat -c %a -- "$image_cache")
  [[ -d $image_cache && -O $image_cache && ! -L $image_cache && $mode == 700 ]] && return
  image_cache=$scratch_folder/.cache
  mkdir -p -- "$image_cache"
}

# The job stays until the sidecar has what it wrote: with the job goes the only way to this node.
hand_over() {
  local until
  [[ -z $node_folder ]] && return
  now_ms
  until=$((now + await_fetch_ms))
  until [[ -e $node_folder/fetched ]] || { now_ms; ((now > until)); }; do pause 100; done
  leave_node
}

leave_node() {
  [[ -n $node_folder ]] && remove_tree "$node_folder"
  [[ -n $node_pointer ]] && rm -f -- "$node_pointer"
  return 0
}

# What jobs of this account have left here that were killed with all they had: nobody holds its lock any more.
sweep_node() {
  local pointer uid folder
  for pointer in /tmp/interlink-job-*; do
    [[ -f $pointer && -O $pointer && ! -L $pointer ]] || continue
    { IFS= read -r uid && IFS= read -r folder; } <"$pointer" || continue
    [[ ${folder##*/} == interlink-pod.* && -O $folder/lock ]] || continue
    flock -n "$folder/lock" true && remove_tree "$folder" && rm -f -- "$pointer"
  done
}
