# --- pod: one turn of the lifecycle ---------------------------------------------------------------------------------------
# pod_end: empty, or why the pod comes to its end: deleted (asked by TERM), failed (its deadline), finished; pod_end_at: since when;
# pod_kill_at: until when its containers have time.
pod_end='' pod_end_at=0 pod_kill_at=0 wake=0

wake_at() {
  ((wake == 0 || $1 < wake)) && wake=$1
  return 0
}

tend_pod() {
  now_ms
  wake=0
  [[ -z $pod_end ]] && judge_pod
  if [[ -z $pod_end ]]; then tend_life; else tend_end; fi
  show_pod
}

judge_pod() {
  local finished
  if [[ -n $deadline_at ]] && ((deadline_at <= now)); then
    end_pod failed "$((deadline_at + grace_seconds * second_ms))"
    pod_reason=DeadlineExceeded pod_message='Pod was active on the node longer than the specified deadline'
    add_event Normal DeadlineExceeded '' "$pod_message"
  elif is_finished; then
    end_pod finished "$((now + grace_seconds * second_ms))"
  elif [[ -n $deadline_at ]]; then
    wake_at "$deadline_at"
  fi
}

end_pod() {
  pod_end=$1 pod_end_at=$now pod_kill_at=$2 pod_phase=ending
  for name in "${container_names[@]}"; do
    drop_task "$name" pull TERM
    # Nothing is restarted: what waited for it shows its end.
    [[ ${stage[$name]} == ended || ${stage[$name]} == removing ]] && show_ended "$name"
  done
  return 0
}

# Nothing of the pod's own work is left to do, whatever its sidecars do.
is_finished() {
  local name left=''
  for name in "${container_names[@]}"; do
    case ${container_kind[$name]} in
      init) [[ -n ${is_over[$name]-} && -z ${has_succeeded[$name]-} ]] && return 0 ;;
      container) [[ -z ${is_over[$name]-} ]] && left=1 ;;
    esac
  done
  [[ -z $left ]]
}

tend_life() {
  local name blocking='' kind
  tend_pulls
  # Once a container was started there is no way back.
  for name in "${container_names[@]}"; do
    kind=${container_kind[$name]}
    case $kind in
      init)
        [[ -n $blocking ]] && continue
        [[ -n ${has_succeeded[$name]-} ]] && continue
        [[ -z $are_containers_started ]] && blocking=$name && tend_container "$name"
        ;;
      sidecar)
        [[ -n $blocking ]] && continue
        tend_container "$name"
        [[ -z $are_containers_started ]] && ! is_up "$name" && blocking=$name
        ;;
      container)
        [[ -z $blocking ]] && tend_container "$name"
        ;;
    esac
  done
  if [[ -n $are_containers_started ]]; then
    pod_phase=running
  elif [[ -n $blocking && -n ${is_pulled[$blocking]-} ]]; then
    pod_phase=init
  else
    pod_phase=pulling
  fi
}

is_up() {
  [[ ${stage[$1]} == running && ${post_start[$1]} == done && -z ${stop_until[$1]} ]] && has_started "$1"
}

is_live() {
  [[ ${stage[$1]} == starting || ${stage[$1]} == running ]]
}

# Containers first, all at once, then sidecars, the last that was started first; whoever still runs when the time is over is killed.
# https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#termination-with-sidecars
tend_end() {
  local name last='' others=''
  for name in "${container_names[@]}"; do
    is_live "$name" || continue
    if [[ ${container_kind[$name]} == sidecar ]]; then last=$name; else others=1; fi
  done
  for name in "${container_names[@]}"; do
    drop_creation "$name"
    is_live "$name" || continue
    if ((pod_kill_at > now)) && [[ ${container_kind[$name]} == sidecar ]]; then
      [[ -n $others || $name != "$last" ]] && continue
    fi
    # What is only about to run has nothing yet that a signal could reach.
    [[ ${stage[$name]} == running ]] && stop_container "$name" "$pod_kill_at" pod-ends
  done
  ((pod_kill_at > now)) && wake_at "$pod_kill_at"
  return 0
}

# What was being made is not wanted any more, and leaves nothing behind.
drop_creation() {
  local name=$1
  [[ ${stage[$name]} == creating ]] || return
  drop_task "$name" create TERM
  stage[$name]=removing
  begin_task "$name" remove runtime_remove "$name" "${next_attempt[$name]}"
}

is_at_rest() {
  local name
  for name in "${container_names[@]}"; do
    is_live "$name" && return 1
    is_busy "$name" remove && return 1
  done
  return 0
}

show_pod() {
  local name
  for name in "${container_names[@]}"; do
    [[ ${stage[$name]} == running ]] && show_running "$name"
    save_state "$name"
  done
  save_pod
  [[ -n $is_news ]] && announce
  return 0
}
