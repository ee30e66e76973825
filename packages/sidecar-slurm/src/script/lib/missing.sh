# --- missing: who has ended without a word --------------------------------------------------------------------------------
# A child that was killed (no memory, no room for its processes) says nothing on the bus. Who was not there twice in a row, with all that
# was on the bus heard in between, has ended as if killed.
declare -A writer_pid=() missed=()
missing_at=0

tend_missing() {
  local name key kind number text
  ((missing_at > now)) && return
  missing_at=$((now + usage_ms))
  for key in "${!task_pid[@]}"; do
    [[ -n ${task_pid[$key]-} ]] && is_missing "$key" "${task_pid[$key]}" || continue
    name=${key%/*} kind=${key##*/} number=${task_number[$key]} text='its process was killed'
    log_line "$kind of $name has ended without a word"
    case $kind in
      pull) text="ErrImagePull $text" ;;
      create) text="CreateContainerError $text" ;;
    esac
    task_done "$name $kind $number 137 $text"
  done
  for name in "${container_names[@]}"; do
    is_live "$name" && is_missing "$name" "${writer_pid[$name]-}" || continue
    log_line "nobody looks after $name any more: it is ended"
    number=${attempt[$name]-}
    [[ ${stage[$name]} == starting ]] && number=${next_attempt[$name]}
    [[ -n ${leader_pid[$name]-} ]] && runtime_signal "$name" "$number" KILL
    attempt_ended "$name" "$number" 137 9 "$now"
  done
}

# KEY PID: seen to be gone now, and the last time.
is_missing() {
  if [[ -z $2 ]] || kill -0 "$2" 2>/dev/null; then
    unset "missed[$1]"
    return 1
  fi
  [[ ${missed[$1]-} == "$2" ]] && unset "missed[$1]" && return
  missed[$1]=$2
  return 1
}
