# --- loop: waits for news, and for what is due ----------------------------------------------------------------------------
# Asleep in one read until somebody writes to the bus or the next thing is due.
run_pod() {
  local wait
  while :; do
    tend_pod
    [[ -n $pod_end ]] && is_at_rest && return
    tend_usage
    tend_missing
    now_ms
    wait=$((wake == 0 ? 60000 : wake - now))
    ((wait < 1)) && wait=1
    # Nothing is far enough away to trust the clock that long.
    ((wait > 60000)) && wait=60000
    printf -v wait '%d.%03d' "$((wait / 1000))" "$((wait % 1000))"
    hear_bus -t "$wait"
    # What is there already is heard before anything is decided.
    while read -r -t 0 -u "$bus"; do hear_bus; done
  done
}

# REPLY: one message; status 1: the time that read is given is over. Over in the middle of a line, read says so and has taken what it has,
# sometimes all of it but for saying that: a message is whole when its last character is there.
heard=''
read_bus() {
  local line
  IFS= read -r "$@" -u "$bus" line
  heard+=$line
  [[ $heard == *"$message_end" ]] || return
  REPLY=${heard%"$message_end"} heard=''
}

hear_bus() {
  local REPLY
  read_bus "$@" || return
  now_ms
  hear "${REPLY%% *}" "${REPLY#* }"
}

hear() {
  local rest=$2 words
  case $1 in
    started | ended)
      # A here-string is a file of a disk that may be full, in older bash.
      words=($rest)
      # Of an attempt that nobody knows of any more.
      [[ $1 == started && ${stage[${words[0]}]} != starting ]] && return
      "attempt_$1" "${words[@]}"
      ;;
    done) task_done "$rest" ;;
    term) asked_to_end ;;
  esac
}

# NAME KIND NUMBER STATUS TEXT
task_done() {
  local name kind number status text=$1
  name=${text%% *} text=${text#* }
  kind=${text%% *} text=${text#* }
  number=${text%% *} text=${text#* }
  status=${text%% *} text=${text#* }
  end_task "$name" "$kind" "$number" || return
  unescape_text "$text"
  text=$REPLY
  case $kind in
    pull) pulled "$name" "$status" "$text" ;;
    create) created "$name" "$status" "$text" ;;
    remove) stage[$name]=${was_started[$name]:+ended} stage[$name]=${stage[$name]:-new} ;;
    startup | liveness | readiness) [[ ${stage[$name]} == running ]] && note_probe "$name" "$kind" "$status" "$text" ;;
    postStart)
      post_start[$name]=done
      ((status == 0)) && return
      post_start[$name]=failed
      add_event Warning FailedPostStartHook "$name" 'PostStartHook failed'
      log_line "the postStart hook of $name failed"
      ;;
    preStop)
      if ((status != 0)); then
        add_event Warning FailedPreStopHook "$name" 'PreStopHook failed'
        log_line "the preStop hook of $name failed"
      fi
      [[ ${stop_step[$name]} == hook ]] && end_hook "$name"
      ;;
  esac
}

# In a trap: `now` is somebody else's.
note_term() {
  local now
  now_ms
  [[ -z $pod_term_at ]] && pod_term_at=$now
  send term
}

# Slurm may signal containers together with this script, and be heard by them first: that what the pod then finishes is its end.
note_asker() {
  [[ -n $pod_term_at && -z $pod_asked_at ]] || return 0
  read_key "$pod_folder/stop" kill_at && return
  [[ -z $pod_end ]] || { [[ $pod_end == finished ]] && ((pod_term_at < pod_end_at + 2000)); } || return 0
  pod_asked_at=$pod_term_at
}

# TERM: of the sidecar, which has written until when there is time, or of Slurm. Again: there may be less time now.
asked_to_end() {
  local until=$((now + grace_seconds * second_ms)) asked=''
  if read_key "$pod_folder/stop" kill_at && [[ $REPLY =~ ^([0-9]+)(\.([0-9]{1,3}))?$ ]]; then
    asked=${BASH_REMATCH[3]}000
    until=$((10#${BASH_REMATCH[1]} * 1000 + 10#${asked:0:3}))
    asked=1
  fi
  note_asker
  if [[ $pod_end != deleted ]]; then
    log_line 'asked to end'
    [[ $pod_end == failed || $pod_end == finished ]] && ((pod_kill_at < until)) && until=$pod_kill_at
    # A pod that has failed or finished stays what it is.
    if [[ -z $pod_end ]]; then end_pod deleted "$until"; else pod_kill_at=$until; fi
  elif [[ -n $asked ]] && ((until < pod_kill_at)); then
    pod_kill_at=$until
  fi
}
