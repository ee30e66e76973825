# --- containers: what each needs next -------------------------------------------------------------------------------------
# stage: new, creating, starting, running, removing, ended. Decisions are made anew each turn, from what is there.
declare -A stage=() failures=() restart_at=() is_over=() has_succeeded=() post_start=() was_started=()
# Of an image or a creation that failed: when it failed, how often in a row, when it is tried again.
declare -A problem_at=() problem_count=() retry_at=() is_pulled=() pull_reason=() pull_message=() is_pull_told=()

# The next failure's back-off: 10 s, doubled up to 5 min. REPLY: milliseconds. Argument: how many failures in a row.
back_off() {
  local count=$1
  REPLY=$back_off_ms
  while ((count > 1 && REPLY < max_back_off_ms)); do
    REPLY=$((REPLY * 2)) count=$((count - 1))
  done
  ((REPLY > max_back_off_ms)) && REPLY=$max_back_off_ms
}

note_problem() {
  local name=$1
  problem_count[$name]=$((${problem_count[$name]:-0} + 1))
  problem_at[$name]=$now
  back_off "${problem_count[$name]}"
  retry_at[$name]=$((now + REPLY))
}

set_waiting() {
  state[$1]=waiting reason[$1]=$2 message[$1]=${3-} ready[$1]=false started[$1]=false
}

# What has to be done for a container whose turn it is.
tend_container() {
  local name=$1
  case ${stage[$name]} in
    new) create_when_due "$name" ;;
    running) tend_running "$name" ;;
    ended) [[ -z ${is_over[$name]-} ]] && create_when_due "$name" ;;
  esac
}

create_when_due() {
  local name=$1 due=${restart_at[$1]:-0}
  [[ -z ${is_pulled[$name]-} ]] && return
  ((${retry_at[$name]:-0} > due)) && due=${retry_at[$name]}
  if ((due > now)); then
    wake_at "$due"
    return
  fi
  [[ ${stage[$name]} == new ]] && set_waiting "$name" ContainerCreating
  stage[$name]=creating
  begin_task "$name" create create_attempt "$name" "${next_attempt[$name]}"
}

# In a task: makes the attempt's folder and what the runtime needs.
create_attempt() {
  local name=$1 number=$2 folder text runtime_error='' runtime_reason=''
  container_folder "$name"
  folder=$REPLY
  if ! { mkdir -p -- "$folder/$number" && : >"$folder/$number/termination" && : >>"$folder/$number/log"; }; then
    task_text="CreateContainerError cannot write $folder/$number"
    return 1
  fi
  check_mounts "$name" || return
  if ! { make_input "$name" "$number" && runtime_create "$name" "$number"; }; then
    task_text="${runtime_reason:-CreateContainerError} $runtime_error"
    return 1
  fi
  text=$(runtime_enter "$name" && printf .)
  write_file "$folder/enter" "${text%.}" && chmod 0700 "$folder/enter"
}

created() {
  local name=$1 status=$2 text=$3
  if ((status != 0)); then
    note_problem "$name"
    stage[$name]=${was_started[$name]:+ended}
    stage[$name]=${stage[$name]:-new}
    set_waiting "$name" "${text%% *}" "${text#* }"
    add_event Warning Failed "$name" "Error: ${text#* }"
    return
  fi
  problem_count[$name]=0 retry_at[$name]=0
  add_event Normal Created "$name" 'Container created'
  stage[$name]=starting
  start_attempt "$name" "${next_attempt[$name]}"
}

# The shown attempt is another one from now on.
advance_attempt() {
  local name=$1
  if [[ -n ${finished_at[$name]-} ]]; then
    last_started_at[$name]=${started_at[$name]-} last_finished_at[$name]=${finished_at[$name]}
    last_exit_code[$name]=${exit_code[$name]} last_signal[$name]=${exit_signal[$name]-} last_reason[$name]=${exit_reason[$name]}
  fi
  attempt[$name]=${next_attempt[$name]}
  next_attempt[$name]=$((attempt[$name] + 1))
  was_started[$name]=1
  [[ ${container_kind[$name]} == container ]] && are_containers_started=1
  started_at[$name]='' finished_at[$name]='' exit_code[$name]='' exit_signal[$name]='' exit_reason[$name]=''
}

attempt_started() {
  local name=$1 pid=$3 time=$4
  advance_attempt "$name"
  leader_pid[$name]=$pid
  started_at[$name]=$time
  stage[$name]=running
  stop_until[$name]='' stop_step[$name]=''
  reset_probes "$name"
  add_event Normal Started "$name" 'Container started'
  if [[ -n ${hook_action[$name/postStart]-} ]]; then
    post_start[$name]=running
    begin_hook "$name" postStart
  else
    post_start[$name]=done
  fi
}

# Shows how a container that runs does.
show_running() {
  local name=$1
  if [[ ${post_start[$name]} != done && -z ${last_finished_at[$name]-} ]]; then
    set_waiting "$name" ContainerCreating
    return
  fi
  state[$name]=running reason[$name]='' message[$name]='' ready[$name]=false started[$name]=false
  [[ ${post_start[$name]} == done ]] || return
  has_started "$name" && started[$name]=true
  [[ $pod_end != deleted && $pod_end != failed ]] && is_ready "$name" && ready[$name]=true
}

tend_running() {
  local name=$1
  if [[ -n ${stop_until[$name]} ]]; then
    tend_stop "$name"
  elif [[ ${post_start[$name]} == failed ]]; then
    stop_container "$name" "$((now + grace_seconds * second_ms))" post-start
  elif [[ ${post_start[$name]} == done ]]; then
    tend_probes "$name"
    if [[ -n ${probe_failure[$name]} ]]; then
      local kind=${probe_failure[$name]} seconds
      seconds=${probe_grace[$name/$kind]:-$grace_seconds}
      stop_container "$name" "$((probe_failed_at[$name] + seconds * second_ms))" "$kind"
    fi
  fi
}

attempt_ended() {
  local name=$1 number=$2 code=$3 signal=$4 time=$5 folder
  # It was never seen to start: it could not be.
  if [[ ${stage[$name]} == starting ]]; then
    advance_attempt "$name"
    post_start[$name]=done
  fi
  [[ $number == "${attempt[$name]}" ]] || return
  for kind in postStart preStop; do drop_task "$name" "$kind"; done
  stop_probes "$name"
  tell_guard "ended $name"
  unset "leader_pid[$name]"
  stop_until[$name]=''
  finished_at[$name]=$time exit_code[$name]=$code exit_signal[$name]=''
  ((signal > 0)) && exit_signal[$name]=$signal
  exit_reason[$name]=Error exit_message[$name]=''
  ((code == 0)) && exit_reason[$name]=Completed
  ((code == 137)) && was_out_of_memory && exit_reason[$name]=OOMKilled
  container_folder "$name"
  folder=$REPLY/$number
  if [[ -f $folder/start-error ]]; then
    exit_reason[$name]=StartError started_at[$name]=''
    IFS= read -r -d '' -N 1024 "exit_message[$name]" <"$folder/start-error"
    add_event Warning Failed "$name" "Error: ${exit_message[$name]}"
  fi
  show_ended "$name"
  stage[$name]=removing
  begin_task "$name" remove runtime_remove "$name" "$number"
  ((code == 0)) && has_succeeded[$name]=1
  if ! is_restarted "$name" "$code"; then
    is_over[$name]=1
  elif [[ -z $pod_end ]]; then
    plan_restart "$name"
  fi
}

# The kernel has killed somebody since this was asked last.
oom_kills=0
was_out_of_memory() {
  count_oom_kills
  ((${REPLY:-0} > oom_kills)) || return
  oom_kills=$REPLY
}

show_ended() {
  local name=$1
  state[$name]=terminated reason[$name]=${exit_reason[$name]} message[$name]=${exit_message[$name]-} started[$name]=false
  ready[$name]=false
  # An init container is ready once it has succeeded.
  [[ ${container_kind[$name]} == init && ${exit_code[$name]} == 0 ]] && ready[$name]=true
}

# A container's own rules go before the policy.
is_restarted() {
  local name=$1 code=$2 rule IFS=$'\n'
  for rule in ${container_restart_rules[$name]-}; do
    case "$rule " in
      In' '*) [[ "$rule " == *" $code "* ]] && return 0 ;;
      NotIn' '*) [[ "$rule " != *" $code "* ]] && return 0 ;;
    esac
  done
  case ${container_restart_policy[$name]} in
    Always) return 0 ;;
    OnFailure) ((code != 0)) ;;
    *) return 1 ;;
  esac
}

# The first restart at once, then after 10 s, doubled up to 5 min, from the beginning again after an attempt of 10 min.
plan_restart() {
  local name=$1 ran=0
  [[ -n ${started_at[$name]} ]] && ran=$((finished_at[$name] - started_at[$name]))
  failures[$name]=$((${failures[$name]:-0} + 1))
  ((ran >= recovered_ms)) && failures[$name]=1
  restart_at[$name]=0
  ((failures[$name] <= 1)) && return
  back_off "$((failures[$name] - 1))"
  restart_at[$name]=$((finished_at[$name] + REPLY))
  go_duration "$((REPLY / second_ms))"
  local pod=${pod_name}_${pod_namespace}\($pod_uid\)
  if [[ ${exit_reason[$name]} == StartError ]]; then
    set_waiting "$name" RunContainerError "${exit_message[$name]}"
  else
    set_waiting "$name" CrashLoopBackOff "back-off $REPLY restarting failed container=$name pod=$pod"
  fi
  add_event Warning BackOff "$name" "Back-off restarting failed container $name in pod $pod"
}
