# --- hooks: postStart and preStop -----------------------------------------------------------------------------------------
# https://kubernetes.io/docs/concepts/containers/container-lifecycle-hooks/
# hook_action[NAME/KIND]: exec, http or sleep.

begin_hook() {
  begin_task "$1" "$2" run_hook "$1" "$2"
}

run_hook() {
  local name=$1 kind=$2 key=$1/$2 host
  host=${hook_host[$key]:-$pod_ip}
  case ${hook_action[$key]} in
    sleep) pause "$((${hook_seconds[$key]} * second_ms))" ;;
    exec) run_inside "$name" "hook-$kind" ;;
    # Any answer is a success, whatever its status.
    http) http_get "$name" "hook-$kind" "${hook_scheme[$key]}" "$host" "${hook_port[$key]}" "${hook_path[$key]}" ;;
    *) return 1 ;;
  esac
}

# Waits without a process of its own.
pause() {
  local fd
  exec {fd}<> <(:)
  read -r -t "$(($1 / 1000)).$(printf '%03d' "$(($1 % 1000))")" -u "$fd"
  exec {fd}>&-
  return 0
}
