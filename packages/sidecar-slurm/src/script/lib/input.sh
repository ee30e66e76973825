# --- input: what a container with `stdin` reads, and the terminal of one with `tty` -----------------------------------------
# On the node, in $scratch_folder/.input/NAME:
#   pipe      whoever attaches writes to it; with stdinOnce it is gone once the first of them has left
#   writer    the process that writes the log, to its end
#   terminal  the device of the terminal
#   start     what begins the container's process in the terminal

# In a task: makes an attempt's own, and the script `attach` beside `enter`.
make_input() {
  local name=$1 number=$2 folder=$scratch_folder/.input/$1 text
  [[ -n ${container_stdin[$name]-}${container_tty[$name]-} ]] || return 0
  runtime_error="cannot make $folder/pipe"
  rm -rf -- "$folder" && mkdir -p -- "$folder" || return
  if [[ -n ${container_tty[$name]-} ]] && ! type -P script >/dev/null; then
    add_event Warning NoTerminal "$name" 'The container runs without the terminal it asks for: this node has no program "script" (of util-linux)'
  fi
  if [[ -n ${container_stdin[$name]-} ]]; then
    mkfifo -- "$folder/pipe" || return
    container_folder "$name"
    text=$(render_attach "$folder" "$REPLY/$number/log")
    write_file "$REPLY/attach" "$text" && chmod 0700 "$REPLY/attach" || return
  fi
  runtime_error=''
}

render_attach() {
  printf '#!%s\n' "$BASH"
  declare -f attach
  printf 'attach %q %q "$1"\n' "$1" "$2"
}

# Run by a step, with a mark: says which terminal there is, hands its own standard input on, and shows the log's records from now on, until
# the container ends. Status 3: nobody reads the input any more.
attach() {
  local folder=$1 log=$2 mark=$3 terminal='' writer size both input feeder
  [[ -e $folder/terminal ]] && read -r terminal <"$folder/terminal"
  printf '%s%s\n' "$mark" "$terminal" >&2
  read -r writer <"$folder/writer"
  size=$(stat -c %s -- "$log")
  [[ -p $folder/pipe ]] || exit 3
  # For both ways it opens at once, whoever is at the other end, and then for one way, too.
  exec {both}<>"$folder/pipe" {input}>"$folder/pipe" {both}>&-
  [[ -p $folder/pipe ]] || exit 3
  cat <&0 >&"$input" 2>/dev/null &
  feeder=$!
  exec {input}>&-
  # Of a process that is gone, tail still reads what is left.
  tail -c "+$((size + 1))" -s 0.05 -f --pid="$writer" -- "$log"
  kill "$feeder" 2>/dev/null
  exit 0
}

# In the leader: its standard input, else /dev/null. What hands it on is nobody's child, so that no signal for the container's own
# children finds it, and ends with the leader's group.
take_input() {
  local pipe=$scratch_folder/.input/$1/pipe once='' read_end write_end
  case ${container_stdin[$1]-} in
    '') return ;;
    once) once=1 ;;
  esac
  open_pipe
  (
    (
      trap '' TERM INT HUP
      leave_lifecycle
      exec >&"$write_end" 2>/dev/null {write_end}>&- {read_end}<&- {bus}>&-
      # Opened for both ways it never ends.
      [[ -n $once ]] || exec cat <>"$pipe"
      cat <"$pipe"
      rm -f -- "$pipe"
    ) &
  )
  exec <&"$read_end" {read_end}<&- {write_end}>&-
}

# become_container WORD…: called by the driver's runtime_run with a command of bash that takes the place of this process, `exec …`.
become_container() {
  [[ -n ${container_tty[$name]-} ]] && type -P script >/dev/null && become_in_terminal "$@"
  container_starts "$BASHPID"
  "$@"
}

# util-linux' `script` opens the terminal, and stays between it and the log. The container's process is the leader for signals.
become_in_terminal() {
  local folder=$scratch_folder/.input/$name read_end write_end pid terminal code='' was_told=0
  open_pipe
  (
    umask 077
    render_start "$write_end" "$@" >"$folder/start"
  )
  # Nobody types, and nobody ends that.
  [[ -n ${container_stdin[$name]-} ]] || exec <> <(:)
  # Heard, and not ignored, which what is begun here would inherit: the end of the container's process is this one's.
  trap 'was_told=1' TERM INT HUP
  # A signal that ends a wait may lose the exit code with it, if that comes at the same moment: who waits hears none.
  (
    trap '' TERM INT HUP
    leave_lifecycle
    exec {bus}>&- {read_end}<&-
    (
      trap - TERM INT HUP
      unset SHELL
      exec script -qefc "exec $(printf '%q ' "$BASH" "$folder/start")" /dev/null 2>"$folder/trouble"
    ) <&0 &
    exec </dev/null
    wait "$!"
    printf '%s\n' "$?" >&"$write_end"
  ) <&0 &
  exec {write_end}>&- </dev/null
  # Two words, or the exit code of what could not begin.
  read -r pid terminal <&"$read_end" && [[ -n $terminal ]] || start_failed "cannot open a terminal: $(<"$folder/trouble")"
  write_file "$folder/terminal" "$terminal"$'\n'
  container_starts "$pid"
  until read -r code <&"$read_end"; do (($? > 128)) || break; done
  : "${code:=137}"
  # Told by Slurm, with all of the job, `script` has ended it within two seconds, and does not know how.
  ((code == 0 && was_told == 1)) && code=143
  exit "$code"
}

# The environment is the one that it is begun with: bash adds to it.
render_start() {
  printf '#!%s\n' "$BASH"
  printf '%s=%q\n' perl_path "$perl_path" scratch_folder "$scratch_folder"
  declare -f "$2"
  printf 'export -n PWD OLDPWD SHLVL\nprintf '\''%%s %%s\\n'\'' "$$" "$(tty)" >&%s\nexec %s>&-\n' "$1" "$1"
  printf '%q ' "${@:2}"
}
