# --- guard: when this script is killed, what it has begun must not go on --------------------------------------------------
# Where Slurm tracks jobs by their process tree (proctrack/linuxproc), the containers of a killed script would run on. The guard
# reads what runs from a pipe that only the script holds open: its end is the script's.
lifeline=''

start_guard() {
  local read_end write_end
  open_pipe
  lifeline=$write_end
  (
    trap '' TERM INT HUP
    leave_lifecycle
    exec {bus}>&-
    guard "$read_end"
  ) </dev/null &
  disown
  exec {read_end}<&-
}

tell_guard() {
  [[ -n $lifeline ]] && printf '%s\n' "$1" >&"$lifeline"
}

guard() {
  local fd=$1 word='' name number pid
  declare -A numbers=() tasks=()
  leader_pid=()
  # A site's TMOUT, which may be readonly, is no end.
  while read -r word name number pid <&"$fd" || (($? > 128)); do
    case $word in
      started) leader_pid[$name]=$pid numbers[$name]=$number ;;
      ended) unset "leader_pid[$name]" ;;
      task) tasks[$name]=$number ;;
      proxy) proxy_pid=$name proxy_start=$number ;;
      # The script has come to its own end.
      over) return ;;
    esac
    word=''
  done
  for pid in "${tasks[@]}"; do [[ -n $pid ]] && kill -KILL -- "-$pid" 2>/dev/null; done
  for name in "${!leader_pid[@]}"; do
    kill -KILL -- "-${leader_pid[$name]}" 2>/dev/null
    runtime_remove "$name" "${numbers[$name]}"
  done
  stop_proxy KILL
  runtime_cleanup_pod
  remove_folders
  leave_node
}
