# --- job: from the script's start to its end ------------------------------------------------------------------------------
declare -A leader_pid=() next_attempt=()
perl_path='' are_containers_started='' bus='' deadline_at=''
runtime_error=''

# First of all: the mark that the job has begun. What follows is the site's own text, which may take long.
begin_job() {
  local name
  open_bus
  trap 'job_left "$?"' EXIT
  # A TERM in whatever phase is news like any other.
  trap note_term TERM
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
  unset TMOUT 2>/dev/null
  trap - ERR DEBUG RETURN
  trap 'job_left "$?"' EXIT
  trap note_term TERM
  umask 077
  LC_ALL=C
  # Times are written in UTC; said once, it need not be looked up for each.
  export TZ=UTC0
  perl_path=$(type -P perl)
  if make_folders && start_guard && start_proxy && runtime_prepare_pod; then
    run_pod
    finish_pod
  else
    fail_pod FailedCreatePodSandBox "$runtime_error"
  fi
  end_job
}

# The record is complete before the last announcement; a container that never ran is said to be unknown where the pod did not finish.
finish_pod() {
  local name
  # Of a TERM that was not heard any more, too.
  note_asker
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
  pod_end=failed pod_phase=ending pod_reason=$1 pod_message=$2
  # Before a container shows that it never ran: whoever sees that has to see why.
  save_pod
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
  umask 077
  fail_pod JobScriptExited "the job's script ended early, with $1: what runs before the containers (CommandPrefix, pre-exec) may have done that"
  hand_over
}
