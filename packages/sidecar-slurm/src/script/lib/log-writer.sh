# --- log writer: a container's output, and its end ------------------------------------------------------------------------
# Opens an anonymous pipe: its ends are in read_end and write_end.
open_pipe() {
  local both
  exec {both}<> <(:)
  exec {read_end}<"/dev/fd/$both" {write_end}>"/dev/fd/$both" {both}>&-
}

# Takes the place of this subshell, whose child the leader is. Tells `ended NAME ATTEMPT CODE SIGNAL TIME` on the bus. Of a container that
# somebody may type to (ATTENDED is not empty), what ends without a newline is written at once: a question waits for its answer.
write_log() {
  local leader=$1 out=$2 err=$3 path=$4 who=$5 attended=$6 gate=$7
  if [[ -n $perl_path ]]; then
    now_ms
    exec "$perl_path" "$scratch_folder/.log-writer.pl" "$leader" "$out" "$err" "$bus" "$path" "$who" "$now" "$attended" "$gate"
  fi
  write_log_slowly "$leader" "$out" "$path" "$who" "$attended"
}

# Without perl. Both streams come by one pipe and count as stdout: two readers could not keep their order, nor lines apart.
write_log_slowly() {
  local leader=$1 out=$2 path=$3 who=$4 attended=$5 line status code ended held='' left idle log tag reader read_end write_end
  exec {log}>>"$path"
  open_pipe
  # A line's newline is not in what read gives; a part is as long as what was asked for, or has met the end.
  (
    # What was written before the leader's end is in the pipe by then, which holds half as much as this; what outlives it may write
    # on. Nothing is left when nothing comes twice; a signal ends a read, too.
    trap 'left=131072' USR1
    exec {read_end}<&- {write_end}>&-
    left='' idle=0
    while :; do
      IFS= read -r -t "${attended:+0.}1" -n 16384 -u "$out" line
      status=$?
      held+=$line
      if [[ -n $left ]]; then
        ((idle = status > 128 && ${#line} == 0 ? idle + 1 : 0))
        ((left -= ${#line} + 1, idle > 1 || left < 0)) && break
      fi
      if ((status > 128)); then
        [[ -n $attended && -n $held ]] && put_log_line P "$held" && held=''
        continue
      fi
      ((status != 0)) && break
      tag=F
      ((${#line} == 16384)) && tag=P
      put_log_line "$tag" "$held"
      held=''
    done
    [[ -n $held ]] && put_log_line P "$held"
  ) &
  reader=$!
  exec {out}<&- {write_end}>&-
  # Its end comes when the reader hears signals.
  read -r -u "$read_end"
  exec {read_end}<&-
  wait "$leader" 2>/dev/null
  code=$?
  now_ms
  ended=$now
  kill -KILL -- "-$leader" 2>/dev/null
  kill -USR1 "$reader"
  wait "$reader" 2>/dev/null
  send "ended $who $code $((code > 128 && code < 193 ? code - 128 : 0)) $ended"
  exit 0
}

put_log_line() {
  now_ms
  TZ=UTC0 printf -v REPLY '%(%Y-%m-%dT%H:%M:%S)T.%03d000000Z' "$((now / 1000))" "$((now % 1000))"
  printf '%s stdout %s %s\n' "$REPLY" "$1" "$2" >&"$log"
}
