# --- job: from the script's start to its end ------------------------------------------------------------------------------
declare -A leader_pid=() next_attempt=()
perl_path='' are_containers_started='' bus='' scratch_folder='' memory_folder='' job_folder='' deadline_at=''
runtime_error=''

# First of all: the mark that the job has begun. What follows is the site's own text, which may take long.
begin_job() {
  local name
  open_bus
  trap 'job_left "$?"' EXIT
  # A TERM in whatever phase is news like any other.
  trap 'printf "term\n" >&"$bus"' TERM
  [[ -z ${PATH-} ]] && export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
  pod_node=${SLURMD_NODENAME:-${HOSTNAME%%.*}}
  node_address
  pod_ip=$REPLY
  now_ms
  pod_started_at=$now
  [[ -n $deadline_seconds ]] && deadline_at=$((now + deadline_seconds * second_ms))
  for name in "${container_names[@]}"; do begin_container "$name"; done
  show_pod
}

# An attempt that was made before the job was queued again counts on.
begin_container() {
  local name=$1 blocked=PodInitializing first=${container_names[0]}
  stage[$name]=new attempt[$name]=0 next_attempt[$name]=0 stop_until[$name]='' stop_step[$name]='' probe_failure[$name]=''
  container_folder "$name"
  if read_key "$REPLY/state" attempt && [[ $REPLY =~ ^[0-9]+$ ]]; then
    local before=$REPLY
    container_folder "$name"
    [[ -d $REPLY/$before ]] && attempt[$name]=$before next_attempt[$name]=$((before + 1))
  fi
  [[ $name == "$first" || ${container_kind[$first]} == container ]] && blocked=ContainerCreating
  set_waiting "$name" "$blocked"
}

# REPLY: this node's address: the pod's, as containers have its network.
node_address() {
  local addresses
  REPLY=$(getent ahostsv4 "${HOSTNAME-}" 2>/dev/null)
  REPLY=${REPLY%%[[:space:]]*}
  if [[ -z $REPLY || $REPLY == 127.* ]]; then
    addresses=$(hostname -I 2>/dev/null)
    [[ -n $addresses ]] && REPLY=${addresses%% *}
  fi
  [[ -z $REPLY ]] && REPLY=127.0.0.1
  return 0
}

# After the site's own text, which may have changed the shell.
run_job() {
  set +efvxC +o pipefail +o posix
  set -um
  shopt -u failglob nullglob
  unalias -a
  IFS=$' \t\n'
  trap - ERR DEBUG RETURN
  trap 'job_left "$?"' EXIT
  trap 'printf "term\n" >&"$bus"' TERM
  umask 077
  LC_ALL=C
  perl_path=$(type -P perl)
  if make_folders && start_guard && start_proxy && runtime_prepare_pod; then
    run_pod
    finish_pod
  else
    fail_pod FailedCreatePodSandBox "$runtime_error"
  fi
  end_job
}

make_folders() {
  local volume place=${SLURM_TMPDIR:-${TMPDIR:-/tmp}}
  job_folder=$pod_folder/job
  runtime_error="cannot make a folder in $place"
  scratch_folder=$(mktemp -d "$place/interlink-$pod_uid.XXXXXX") || return
  if ((${#memory_volumes[@]} > 0)); then
    runtime_error='cannot make a folder in /dev/shm'
    memory_folder=$(mktemp -d "/dev/shm/interlink-$pod_uid.XXXXXX") || return
  fi
  runtime_error="cannot make the pod's folders"
  mkdir -p -- "$job_folder" || return
  for volume in "${scratch_volumes[@]}"; do mkdir -m 0777 -- "$scratch_folder/$volume" || return; done
  for volume in "${memory_volumes[@]}"; do mkdir -m 0777 -- "$memory_folder/$volume" || return; done
  place_mounts
  keep_images_here
  runtime_error=''
}

# The record is complete before the last announcement; a container that never ran is said to be unknown where the pod did not finish.
finish_pod() {
  local name
  now_ms
  for name in "${container_names[@]}"; do
    [[ -n ${was_started[$name]-} || $pod_end == finished ]] && continue
    finished_at[$name]=$now exit_code[$name]=137 exit_reason[$name]=ContainerStatusUnknown
    exit_message[$name]='The container could not be located when the pod was terminated'
    show_ended "$name"
  done
  pod_phase=ended pod_finished_at=$now
  show_pod
}

fail_pod() {
  now_ms
  pod_end=failed pod_reason=$1 pod_message=$2
  add_event Warning "$1" '' "$2"
  finish_pod
}

end_job() {
  local name code=0
  stop_proxy
  runtime_cleanup_pod
  remove_folders
  hand_over
  tell_guard over
  for name in "${container_names[@]}"; do
    # An init container that was never due has no code.
    [[ ${container_kind[$name]} != sidecar ]] && ((code == 0)) && code=${exit_code[$name]:-0}
  done
  [[ -n $pod_reason && $code == 0 ]] && code=1
  trap - EXIT
  exit "$code"
}

# Whoever left the script early was no function of ours.
job_left() {
  [[ $BASHPID == "$$" && $pod_phase != ended ]] || return
  fail_pod JobScriptExited "the text that runs before the containers (CommandPrefix, pre-exec) has ended the job with $1"
  hand_over
}

remove_folders() {
  rm -rf -- "$job_folder"
  [[ -n $scratch_folder ]] && rm -rf -- "$scratch_folder"
  [[ -n $memory_folder ]] && rm -rf -- "$memory_folder"
  return 0
}
