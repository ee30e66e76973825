# --- attempts: one try to run a container ---------------------------------------------------------------------------------
# What the lifecycle and its children tell each other: one line is one message, below PIPE_BUF and so written at once.
open_bus() {
  exec {bus}<> <(:)
}

# In a subshell that lives on: it must not keep the guard waiting.
leave_lifecycle() {
  [[ -n $lifeline ]] && exec {lifeline}>&-
  lifeline=''
}

# Starts an attempt: told are `started NAME ATTEMPT PID TIME` and `ended NAME ATTEMPT CODE SIGNAL TIME`.
start_attempt() {
  (
    # Whoever asks the whole job to end must find somebody left who writes the exit code down.
    trap '' TERM INT HUP
    leave_lifecycle
    run_attempt "$1" "$2"
  ) </dev/null &
}

run_attempt() {
  local name=$1 number=$2 read_end write_end out out_write err err_write
  open_pipe
  out=$read_end out_write=$write_end err=$read_end err_write=$write_end
  if [[ -n $perl_path ]]; then
    open_pipe
    err=$read_end err_write=$write_end
  fi
  (
    trap - TERM INT HUP
    umask 022
    exec >&"$out_write" 2>&"$err_write" {out}<&- {out_write}>&-
    [[ -n $perl_path ]] && exec {err}<&- {err_write}>&-
    container_folder "$name"
    attempt_folder=$REPLY/$number
    runtime_run "$name" "$number"
    start_failed "the runtime has not started it"
  ) </dev/null &
  exec {out_write}>&-
  [[ -n $perl_path ]] && exec {err_write}>&-
  container_folder "$name"
  write_log "$!" "$out" "$err" "$REPLY/$number/log" "$name $number"
}

# Called by the driver's runtime_run right before it becomes the container's process: from here on it runs.
container_starts() {
  now_ms
  printf 'started %s %s %s %s\n' "$name" "$number" "$BASHPID" "$now" >&"$bus"
  exec {bus}>&-
}

# Called by runtime_run instead: what can't be run ends as StartError, as with containerd.
start_failed() {
  printf '%s' "$1" >"$attempt_folder/start-error"
  exit 128
}
