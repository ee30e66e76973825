# --- attempts: one try to run a container ---------------------------------------------------------------------------------
# What the lifecycle is told by its children: one line is one message, below PIPE_BUF and so written at once.
open_bus() {
  exec {bus}<> <(:)
}

send() {
  printf '%s%s\n' "$1" "$message_end" >&"$bus"
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
    run_attempt "$1" "$2"
  ) </dev/null &
  # No news of it by bash: whoever began it waits on the bus.
  disown
  writer_pid[$1]=$!
}

run_attempt() {
  local name=$1 number=$2 read_end write_end out out_write err err_write gate='' gate_keeper=''
  open_pipe
  out=$read_end out_write=$write_end err=$read_end err_write=$write_end
  if [[ -n $perl_path ]]; then
    open_pipe
    err=$read_end err_write=$write_end
    open_pipe
    gate=$read_end gate_keeper=$write_end
  fi
  # Whoever hears that the container has begun finds it.
  [[ -n ${container_stdin[$name]-} ]] && printf '%s\n' "$BASHPID" >"$scratch_folder/.input/$name/writer"
  # The leader gets a process group of its own, by which all that it begins can be reached. Subshells begin without job control.
  set -m
  (
    await_log_writer
    trap - TERM INT HUP
    umask 022
    exec >&"$out_write" 2>&"$err_write" {out}<&- {out_write}>&-
    [[ -n $perl_path ]] && exec {err}<&- {err_write}>&-
    container_folder "$name"
    attempt_folder=$REPLY/$number
    set +m
    take_input "$name"
    runtime_run "$name" "$number"
    start_failed "the runtime has not started it"
  ) </dev/null &
  leave_lifecycle
  exec {out_write}>&-
  [[ -n $perl_path ]] && exec {err_write}>&- {gate}<&-
  container_folder "$name"
  write_log "$!" "$out" "$err" "$REPLY/$number/log" "$name $number" "${container_stdin[$name]-}${container_tty[$name]-}" "$gate_keeper"
}

# In the leader: a child that ends before perl has taken the place of its parent is bash's, which would keep its exit code to itself. No
# container runs without its writer.
await_log_writer() {
  [[ -n $gate ]] || return 0
  exec {gate_keeper}>&-
  until read -r -u "$gate"; do (($? > 128)) || exit 1; done
  exec {gate}<&-
}

# From here on the container runs: PID is its leader, which a driver that needs it finds in its leader_file.
container_starts() {
  now_ms
  [[ -n ${leader_file-} ]] && printf '%s' "$1" >"$leader_file"
  tell_guard "started $name $number $1"
  leave_lifecycle
  send "started $name $number $1 $now"
  exec {bus}>&-
}

# Called by runtime_run instead: what can't be run ends as StartError, as with containerd.
start_failed() {
  umask 077
  printf '%s' "$1" >"$attempt_folder/start-error"
  exit 128
}
