# --- proxy: connections through a login node, by ssh and tsocks -----------------------------------------------------------
# proxy_login and proxy_library come with the pod, where its site wants that; proxy_config is what containers get.
proxy_pid='' proxy_start='' proxy_port='' proxy_config=''

start_proxy() {
  local tries=0 waited
  [[ -z $proxy_login ]] && return
  while ((tries < 3)); do
    tries=$((tries + 1))
    choose_port || return
    proxy_port=$REPLY
    (
      leave_lifecycle
      exec {bus}>&-
      exec ssh -N -D "127.0.0.1:$proxy_port" -o BatchMode=yes -o ExitOnForwardFailure=yes -o ServerAliveInterval=30 -- "$proxy_login"
    ) </dev/null >&2 &
    disown
    proxy_pid=$!
    process_start "$proxy_pid" && proxy_start=$REPLY
    tell_guard "proxy $proxy_pid $proxy_start"
    for ((waited = 0; waited < 100; waited++)); do
      kill -0 "$proxy_pid" 2>/dev/null || break
      if is_port_open "$proxy_port"; then
        write_proxy_config
        return 0
      fi
      pause 100
    done
    stop_proxy
  done
  runtime_error="the proxy to $proxy_login did not start: see slurm.out"
  return 1
}

stop_proxy() {
  # Its number may be another's by now.
  [[ -n $proxy_pid ]] && process_start "$proxy_pid" && [[ $REPLY == "$proxy_start" ]] && kill -"${1:-TERM}" "$proxy_pid" 2>/dev/null
  proxy_pid=''
}

write_proxy_config() {
  proxy_config=$proxy_given_config
  [[ -n $proxy_config ]] && return
  proxy_config=$scratch_folder/tsocks.conf
  printf 'server = 127.0.0.1\nserver_type = 5\nserver_port = %s\nlocal = 127.0.0.0/255.0.0.0\n' "$proxy_port" >"$proxy_config"
}

# REPLY: the port of the configuration that the site has, or one that is free.
choose_port() {
  local key equals value
  if [[ -z $proxy_given_config ]]; then
    free_port
    return
  fi
  REPLY=''
  while read -r key equals value _; do [[ $key == server_port && $equals == '=' ]] && REPLY=$value; done <"$proxy_given_config"
  [[ $REPLY =~ ^[0-9]+$ ]] && return
  runtime_error="$proxy_given_config has no server_port"
  return 1
}

# REPLY: a port of this node that nobody listens on. Another may take it before ssh does: then ssh ends, and the next is tried.
free_port() {
  REPLY=$((20000 + (RANDOM * 32768 + RANDOM) % 30000))
  while is_port_open "$REPLY"; do REPLY=$((20000 + (RANDOM * 32768 + RANDOM) % 30000)); done
}

is_port_open() {
  (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}
