# --- probes ---------------------------------------------------------------------------------------------------------------
# https://kubernetes.io/docs/concepts/workloads/pods/probes/, as pkg/kubelet/prober counts.
# By `NAME/KIND`: probe_action (exec, http, tcp), probe_delay, probe_period, probe_timeout, probe_successes, probe_failures,
# probe_grace, probe_scheme, probe_host, probe_port, probe_path; of the attempt that runs:
declare -A probe_due=() probe_since=() probe_latest=() probe_row=() probe_verdict=() probe_is_on_hold=() probe_ends_at=()
declare -A probe_failure=() probe_failed_at=()
declare -A probe_words=([startup]=Startup [liveness]=Liveness [readiness]=Readiness)

# An attempt begins: nothing is known of it.
reset_probes() {
  local name=$1 kind key
  for kind in startup liveness readiness; do
    key=$name/$kind
    [[ -z ${probe_action[$key]-} ]] && continue
    drop_task "$name" "$kind"
    probe_due[$key]='' probe_latest[$key]='' probe_row[$key]=0 probe_is_on_hold[$key]=''
    probe_verdict[$key]=unknown
  done
  probe_failure[$name]='' probe_failed_at[$name]=''
}

has_started() {
  [[ -z ${probe_action[$1/startup]-} || ${probe_verdict[$1/startup]} == success ]]
}

is_ready() {
  has_started "$1" && [[ -z ${probe_action[$1/readiness]-} || ${probe_verdict[$1/readiness]} == success ]]
}

# Runs what is due of a container that runs, and asks to be woken for what comes.
tend_probes() {
  local name=$1 kind key due
  [[ -n ${probe_failure[$name]} ]] && return
  for kind in startup liveness readiness; do
    key=$name/$kind
    [[ -z ${probe_action[$key]-} || -n ${probe_is_on_hold[$key]} ]] && continue
    # The startup probe until it has passed, the others from then on.
    if has_started "$name"; then [[ $kind == startup ]] && continue; else [[ $kind != startup ]] && continue; fi
    if is_busy "$name" "$kind"; then
      if ((now >= probe_ends_at[$key])); then
        time_out_probe "$name" "$kind"
      else
        wake_at "${probe_ends_at[$key]}"
        continue
      fi
    fi
    [[ -z ${probe_due[$key]} ]] && plan_first_probe "$name" "$kind"
    if ((probe_due[$key] <= now)); then
      begin_task "$name" "$kind" run_probe "$name" "$kind"
      probe_ends_at[$key]=$((now + probe_timeout[$key] * second_ms))
      wake_at "${probe_ends_at[$key]}"
    else
      wake_at "${probe_due[$key]}"
    fi
  done
}

# Once the delay since the start is over; if that was before it was enabled, liveness at its next turn, the others at once.
plan_first_probe() {
  local name=$1 kind=$2 key=$1/$2 delayed period
  delayed=$((started_at[$name] + probe_delay[$key] * second_ms))
  period=$((probe_period[$key] * second_ms))
  if ((delayed >= now)); then
    probe_due[$key]=$delayed
  elif [[ $kind == liveness ]]; then
    probe_due[$key]=$((delayed + (now - delayed + period - 1) / period * period))
  else
    probe_due[$key]=$now
  fi
}

# A period after the turn before; of turns that were missed the latest is taken at once.
plan_next_probe() {
  local key=$1 period next
  period=$((probe_period[$key] * second_ms))
  next=$((probe_due[$key] + period))
  if ((next >= now)); then
    probe_due[$key]=$((next < now + period ? next : now + period))
  else
    probe_due[$key]=$((probe_due[$key] + (now - probe_due[$key]) / period * period))
  fi
}

run_probe() {
  local name=$1 kind=$2 key=$1/$2 host
  host=${probe_host[$key]:-$pod_ip}
  case ${probe_action[$key]} in
    exec) run_inside "$name" "probe-$kind" ;;
    tcp)
      local connection
      open_connection "$host" "${probe_port[$key]}"
      ;;
    http)
      http_get "$name" "probe-$kind" "${probe_scheme[$key]}" "$host" "${probe_port[$key]}" "${probe_path[$key]}" || return 1
      if ((http_status < 200 || http_status >= 400)); then
        task_text="HTTP probe failed with statuscode: $http_status"
        return 1
      fi
      ((http_status < 300)) && return 0
      task_text="Probe terminated redirects, Response body: $task_text"
      return 3
      ;;
    *)
      task_text='no such kind of probe'
      return 1
      ;;
  esac
}

time_out_probe() {
  local name=$1 kind=$2 key=$1/$2 host text words
  drop_task "$name" "$kind"
  host=${probe_host[$key]:-$pod_ip}
  case ${probe_action[$key]} in
    exec)
      container_folder "$name"
      read_words "$REPLY/probe-$kind"
      go_duration "${probe_timeout[$key]}"
      text="command timed out: \"${words[*]}\" timed out after $REPLY"
      ;;
    tcp) text="dial tcp $host:${probe_port[$key]}: i/o timeout" ;;
    http)
      http_url "${probe_scheme[$key]}" "$host" "${probe_port[$key]}" "${probe_path[$key]}"
      text="Get \"$http_address\": context deadline exceeded (Client.Timeout exceeded while awaiting headers)"
      ;;
  esac
  note_probe "$name" "$kind" 1 "$text"
}

# One more run has said something: STATUS 0 success, 3 a warning that counts as success (of HTTP), else failure.
note_probe() {
  local name=$1 kind=$2 status=$3 text=$4 key=$1/$2 latest threshold
  latest=failure threshold=${probe_failures[$key]}
  if ((status == 0)) || [[ $status == 3 && ${probe_action[$key]} == http ]]; then
    latest=success threshold=${probe_successes[$key]}
    ((status == 3)) && add_event Warning ProbeWarning "$name" "${probe_words[$kind]} probe warning: $text"
  else
    add_event Warning Unhealthy "$name" "${probe_words[$kind]} probe failed: $text"
  fi
  if [[ ${probe_latest[$key]} == "$latest" ]]; then
    probe_row[$key]=$((probe_row[$key] + 1))
  else
    probe_latest[$key]=$latest probe_row[$key]=1
  fi
  plan_next_probe "$key"
  ((probe_row[$key] < threshold)) && return
  probe_verdict[$key]=$latest
  [[ $latest == failure && $kind != readiness ]] || return
  probe_is_on_hold[$key]=1
  probe_failure[$name]=$kind
  probe_failed_at[$name]=$now
}

stop_probes() {
  local kind
  for kind in startup liveness readiness; do drop_task "$1" "$kind"; done
}
