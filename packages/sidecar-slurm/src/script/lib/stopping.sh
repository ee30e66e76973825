# --- stopping: preStop, the stop signal, KILL when the time is over -------------------------------------------------------
# By container: stop_until (empty: nobody stops it), stop_asked (as it was asked for: a hook that took all of the time makes
# stop_until later), stop_step (hook, term, kill).
declare -A stop_until=() stop_asked=() stop_step=() kill_at=()

# stop_container NAME UNTIL WHY: asked again it only gets shorter.
stop_container() {
  local name=$1 until=$2 why=$3
  if [[ -n ${stop_until[$name]} ]]; then
    ((until < stop_asked[$name])) && stop_asked[$name]=$until stop_until[$name]=$until
  else
    stop_asked[$name]=$until stop_until[$name]=$until
    drop_task "$name" postStart
    stop_probes "$name"
    tell_killing "$name" "$why"
    begin_stop "$name"
  fi
  tend_stop "$name"
}

begin_stop() {
  local name=$1
  if ((stop_until[$name] <= now)); then
    stop_step[$name]=kill kill_at[$name]=$now
  elif [[ -n ${hook_action[$name/preStop]-} ]]; then
    stop_step[$name]=hook
    begin_hook "$name" preStop
  else
    terminate "$name"
  fi
}

terminate() {
  local name=$1
  stop_step[$name]=term
  kill_at[$name]=${stop_until[$name]}
  runtime_signal "$name" "${attempt[$name]}" "${container_stop_signal[$name]:-TERM}"
}

# The hook has ended, or there is no more time for it.
end_hook() {
  local name=$1
  drop_task "$name" preStop
  ((stop_until[$name] < now + least_after_hook_ms)) && stop_until[$name]=$((now + least_after_hook_ms))
  terminate "$name"
}

tend_stop() {
  local name=$1
  case ${stop_step[$name]} in
    hook)
      if ((stop_until[$name] <= now)); then end_hook "$name"; else wake_at "${stop_until[$name]}"; fi
      ;;
    term)
      # It may have become shorter.
      ((stop_until[$name] < kill_at[$name])) && kill_at[$name]=${stop_until[$name]}
      if ((kill_at[$name] <= now)); then stop_step[$name]=kill; else wake_at "${kill_at[$name]}"; fi
      ;;
  esac
  # Again each second: a signal may meet a runtime that is not ready for it.
  if [[ ${stop_step[$name]} == kill ]]; then
    if ((kill_at[$name] <= now)); then
      runtime_signal "$name" "${attempt[$name]}" KILL
      kill_at[$name]=$((now + 1000))
    fi
    wake_at "${kill_at[$name]}"
  fi
}

tell_killing() {
  local name=$1 why=$2 text="Stopping container $1"
  if [[ $why == liveness || $why == startup ]]; then
    text="Container $name failed $why probe"
    [[ ${container_restart_policy[$name]} != Never ]] && text+=', will be restarted'
  fi
  add_event Normal Killing "$name" "$text"
}
