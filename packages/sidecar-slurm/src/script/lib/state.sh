# --- state: what the sidecar reads ----------------------------------------------------------------------------------------
# By container. state_text and pod_text are what was written last, so that nothing is written twice.
declare -A attempt=() state=() reason=() message=() image_id=() ready=() started=() state_text=()
# How the shown attempt began and ended, and the one before it.
declare -A started_at=() finished_at=() exit_code=() exit_signal=() exit_reason=() exit_message=()
declare -A last_started_at=() last_finished_at=() last_exit_code=() last_signal=() last_reason=()
pod_phase=pulling pod_reason='' pod_message='' pod_started_at='' pod_finished_at='' pod_ip='' pod_node='' pod_text=''
# When TERM came first; when the job was asked to end by somebody other than the sidecar: Slurm's own state tells by whom, and why.
pod_term_at='' pod_asked_at=''
is_news=''

# Adds a line key=value to REPLY's text, which is in `text`; nothing for an empty value.
add_key() {
  [[ -z $2 ]] && return
  escape_text "$2"
  text+=$1=$REPLY$'\n'
}

add_time() {
  [[ -z $2 ]] && return
  format_time "$2"
  text+=$1=$REPLY$'\n'
}

# Writes containers/NAME/state when it has changed.
save_state() {
  local name=$1 text=''
  add_key attempt "${attempt[$name]}"
  add_key state "${state[$name]}"
  add_key reason "${reason[$name]-}"
  add_key message "${message[$name]-}"
  add_key image_id "${image_id[$name]-}"
  case ${state[$name]} in
    running) add_time started_at "${started_at[$name]-}" ;;
    terminated)
      add_time started_at "${started_at[$name]-}"
      add_time finished_at "${finished_at[$name]-}"
      add_key exit_code "${exit_code[$name]-}"
      add_key signal "${exit_signal[$name]-}"
      ;;
  esac
  text+=ready=${ready[$name]:-false}$'\n'
  text+=started=${started[$name]:-false}$'\n'
  # A container that waits to run again has ended before that.
  if [[ ${state[$name]} == waiting && -n ${finished_at[$name]-} ]]; then
    add_key last_exit_code "${exit_code[$name]-}"
    add_key last_signal "${exit_signal[$name]-}"
    add_key last_reason "${exit_reason[$name]-}"
    add_time last_started_at "${started_at[$name]-}"
    add_time last_finished_at "${finished_at[$name]-}"
  else
    add_key last_exit_code "${last_exit_code[$name]-}"
    add_key last_signal "${last_signal[$name]-}"
    add_key last_reason "${last_reason[$name]-}"
    add_time last_started_at "${last_started_at[$name]-}"
    add_time last_finished_at "${last_finished_at[$name]-}"
  fi
  [[ $text == "${state_text[$name]-}" ]] && return
  state_text[$name]=$text
  container_folder "$name"
  write_file "$REPLY/state" "$text"
  is_news=1
}

save_pod() {
  local text=''
  add_key job_id "${SLURM_JOB_ID-}"
  add_key restart_count "${SLURM_RESTART_COUNT:-0}"
  add_key node "$pod_node"
  add_key ip "$pod_ip"
  add_time started_at "$pod_started_at"
  add_key phase "$pod_phase"
  add_key reason "$pod_reason"
  add_key message "$pod_message"
  add_time asked_at "$pod_asked_at"
  add_time finished_at "$pod_finished_at"
  [[ $text == "$pod_text" ]] && return
  pod_text=$text
  write_file "$pod_folder/pod.state" "$text"
  is_news=1
}

# add_event Normal|Warning REASON CONTAINER-or-empty MESSAGE. Also from subshells: a line is one write.
add_event() {
  local time
  now_ms
  format_time "$now"
  time=$REPLY
  escape_text "${4:0:1024}"
  printf '%s\t%s\t%s\t%s\t%s\n' "$time" "$1" "$2" "$3" "$REPLY" >>"$pod_folder/events"
  if ((BASH_SUBSHELL == 0)); then is_news=1; else announce; fi
}

# Tells the sidecar that there is news: after the files that it will read.
announce() {
  local new=$spool_folder/.$pod_uid.$BASHPID
  is_news=''
  : >"$new" && mv -f -- "$new" "$spool_folder/$pod_uid"
}
