# --- job: from the script's start to its end ------------------------------------------------------------------------------
declare -A leader_pid=() next_attempt=()
perl_path='' are_containers_started='' bus='' scratch_folder='' memory_folder='' deadline_at='' runtime_error=''

run_job() {
  # A TERM in whatever phase is news like any other.
  open_bus
  trap 'was_asked_to_end=1; printf "term\n" >&"$bus"' TERM
  set -m
  begin_job
  if prepare_job; then
    run_pod
    finish_pod
  else
    fail_pod FailedCreatePodSandBox "$runtime_error"
  fi
  end_job
}

begin_job() {
  local name
  umask 077
  LC_ALL=C
  export TZ=UTC0
  [[ -z ${PATH-} ]] && export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
  perl_path=$(type -P perl)
  pod_node=${SLURMD_NODENAME:-${HOSTNAME%%.*}}
  node_address
  pod_ip=$REPLY
  now_ms
  pod_started_at=$now
  [[ -n $deadline_seconds ]] && deadline_at=$((now + deadline_seconds * second_ms))
  for name in "${container_names[@]}"; do begin_container "$name"; done
  show_pod
  start_guard
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

prepare_job() {
  local volume
  scratch_folder=$(mktemp -d "${SLURM_TMPDIR:-${TMPDIR:-/tmp}}/interlink-$pod_uid.XXXXXX") || {
    runtime_error="cannot make a folder in ${SLURM_TMPDIR:-${TMPDIR:-/tmp}}"
    return 1
  }
  if ((${#memory_volumes[@]} > 0)); then
    memory_folder=$(mktemp -d "/dev/shm/interlink-$pod_uid.XXXXXX") || {
      runtime_error='cannot make a folder in /dev/shm'
      return 1
    }
  fi
  for volume in "${scratch_volumes[@]}"; do mkdir -m 0777 -- "$scratch_folder/$volume"; done
  for volume in "${memory_volumes[@]}"; do mkdir -m 0777 -- "$memory_folder/$volume"; done
  place_mounts
  start_proxy && runtime_prepare_pod
}

# Waits that never ended show why; the pod's record is complete before the last announcement.
finish_pod() {
  local name
  for name in "${container_names[@]}"; do
    [[ -n ${was_started[$name]-} || ($pod_end != deleted && $pod_end != failed) ]] && continue
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
  tell_guard over
  for name in "${container_names[@]}"; do
    [[ ${container_kind[$name]} == sidecar ]] && continue
    # An init container that was never due has no code.
    ((code == 0)) && code=${exit_code[$name]:-0}
  done
  [[ -n $pod_reason && $code == 0 ]] && code=1
  exit "$code"
}

remove_folders() {
  [[ -n $scratch_folder ]] && rm -rf -- "$scratch_folder"
  [[ -n $memory_folder ]] && rm -rf -- "$memory_folder"
}
