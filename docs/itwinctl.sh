#!/usr/bin/env bash
# shellcheck disable=SC2015 # `a && b || die` is meant as it reads: whichever of the two fails
#
# Runs InterLink and a sidecar behind an OAuth2 proxy, as an ordinary user: `itwinctl.sh --help` says how.
#
#   source itwinctl.sh start      bash itwinctl.sh start      ./itwinctl.sh start
#
# All three do the same. A shell that sources this file only starts a bash that runs it, and takes over its exit status: nothing
# of that shell is changed.

if [ -n "${ZSH_VERSION-}" ]; then
  # Other shells can't read this: %x is the file that zsh is reading.
  eval '\command bash -- "${(%):-%x}" "$@"' || return
  return 0
elif [ -z "${BASH_VERSION-}" ]; then
  # Any other sh, which knows the file's name only when it was told to run it.
  case $0 in
    *.sh) command bash -- "$0" "$@" ;;
    *) printf 'itwinctl: sourcing works in bash and zsh only; here, use: bash itwinctl.sh %s\n' "$*" >&2 && false ;;
  esac
  return
elif (return 0) 2>/dev/null; then
  \command bash -- "${BASH_SOURCE[0]}" "$@" || return
  return 0
fi

set -u -o pipefail
export LC_ALL=C

readonly proxy_version=7.8.1
readonly go_package="github.com/oauth2-proxy/oauth2-proxy/v7@v$proxy_version"
readonly release_url="https://github.com/oauth2-proxy/oauth2-proxy/releases/download/v$proxy_version"

# Seconds: a part has to come up in, or to end after SIGTERM.
readonly start_timeout=60 stop_timeout=10
readonly max_log_bytes=$((20 * 1024 * 1024)) kept_logs=3

# sockaddr_un has 108 bytes for a path, the last of which is zero: unix(7).
readonly max_socket_path=107

readonly settings='ITWIN_ISSUER ITWIN_AUDIENCE ITWIN_GROUPS ITWIN_GROUPS_CLAIM ITWIN_USERS ITWIN_CLIENT_SECRET_FILE ITWIN_ISSUER_CA
  ITWIN_ADDRESS ITWIN_PORT ITWIN_TLS_CERT ITWIN_TLS_KEY ITWIN_UPSTREAM ITWIN_LOOPBACK_PORT ITWIN_SIDECAR ITWIN_BIN ITWIN_RELEASE_URL
  INTERLINKCONFIGPATH'

usage() {
  cat <<'HELP'
itwinctl.sh: InterLink and a sidecar behind an OAuth2 proxy, as an ordinary user of a Linux machine

  source itwinctl.sh install [--from path|release|go|FILE] [--sha256 SUM]
  source itwinctl.sh start | stop | restart | status

From bash and zsh it can be sourced or run; sourcing changes nothing of the shell.

install   takes oauth2-proxy from the first of these that has it, or from the one that --from names:
            path     the PATH
            release  the release's download (curl), checked against --sha256, else against the checksum beside it
            go       the Go toolchain: go install
            FILE     a program, or the release's .tar.gz, that --sha256 is the checksum of
          and makes a new cookie secret.
start     starts what does not run: the sidecar, InterLink, oauth2-proxy. Twice starts once; fit for cron.
stop      ends what start has started, and waits until it has ended.
restart   both. Needed when a setting, a certificate or a program has changed.
status    says what runs, since when, at which addresses, and the last error of each; exits with 1 when something is down.

Settings are environment variables, or lines NAME=value of
  $XDG_CONFIG_HOME/interlink/itwinctl.conf      (~/.config/interlink/itwinctl.conf; variables go before the file)

  ITWIN_ISSUER              wanted  the OIDC issuer's URL
  ITWIN_AUDIENCE            wanted  what tokens must have as `aud`: the client's ID, as a rule
  ITWIN_GROUPS              the groups that may call, separated by commas: one of them is enough
  ITWIN_USERS               the users that may call, by the token's `sub`, separated by commas; * for everybody with a token. Upper and
                            lower case are the same. One of the two settings is wanted; with both, both must be met
  ITWIN_GROUPS_CLAIM        the token's claim with the groups. Default: groups
  ITWIN_CLIENT_SECRET_FILE  file with the client's secret, for logins by browser. Tokens don't need it
  ITWIN_ISSUER_CA           file with the CA of the issuer's certificate. Default: the system's CAs
  ITWIN_PORT                where oauth2-proxy listens, and the Virtual Kubelet connects (InterlinkPort). Default: 8080
  ITWIN_ADDRESS             Default: 0.0.0.0 with TLS, and 127.0.0.1 without, so that tokens don't cross a network in clear
  ITWIN_TLS_CERT            certificate and key of oauth2-proxy: https instead of http
  ITWIN_TLS_KEY
  ITWIN_SIDECAR             the sidecar's program: slurm-sidecar, docker-sidecar, … or none, when it runs elsewhere. Default: slurm-sidecar
  ITWIN_BIN                 folder of interlink and the sidecar. Default: the PATH
  ITWIN_UPSTREAM            unix: InterLink on a socket in a folder that only this account enters. loopback: on 127.0.0.1, where file
                            systems have no sockets; InterLink must verify tokens itself then, by Auth.OIDC. Default: unix
  ITWIN_LOOPBACK_PORT       InterLink's port there. Default: 3000
  ITWIN_RELEASE_URL         where the release is, for sites with a mirror
  INTERLINKCONFIGPATH       InterLink's own configuration. All other variables reach InterLink and the sidecar as they are

Files
  $XDG_DATA_HOME/interlink/itwinctl    (~/.local/share/…)  oauth2-proxy, its cookie secret
  $XDG_STATE_HOME/interlink/itwinctl   (~/.local/state/…)  logs, what runs, the socket; one folder per host
HELP
}

say() { printf 'itwinctl: %s\n' "$*"; }
warn() { printf 'itwinctl: %s\n' "$*" >&2; }
die() {
  warn "$@"
  exit 1
}

# ---------------------------------------------------------------------------------------------------------------------- settings

load_settings() {
  [ -r /proc/self/stat ] || die 'itwinctl needs Linux: it tells processes apart by /proc.'
  [ -n "${HOME-}" ] || die 'The variable HOME is not set.'
  local config_home=${XDG_CONFIG_HOME:-$HOME/.config} data_home=${XDG_DATA_HOME:-$HOME/.local/share}
  host=$(uname -n)
  settings_file=$config_home/interlink/itwinctl.conf
  data=$data_home/interlink/itwinctl
  # Homes are shared by login nodes, processes and sockets are not.
  state=${XDG_STATE_HOME:-$HOME/.local/state}/interlink/itwinctl/$host
  logs=$state/logs
  proxy_program=$data/oauth2-proxy
  read_settings_file
  : "${ITWIN_GROUPS:=}" "${ITWIN_USERS:=}" "${ITWIN_GROUPS_CLAIM:=groups}" "${ITWIN_CLIENT_SECRET_FILE:=}" "${ITWIN_ISSUER_CA:=}"
  : "${ITWIN_ISSUER:=}" "${ITWIN_AUDIENCE:=}" "${ITWIN_TLS_CERT:=}" "${ITWIN_TLS_KEY:=}" "${ITWIN_BIN:=}" "${ITWIN_PORT:=8080}"
  : "${ITWIN_UPSTREAM:=unix}" "${ITWIN_LOOPBACK_PORT:=3000}" "${ITWIN_SIDECAR:=slurm-sidecar}" "${ITWIN_RELEASE_URL:=$release_url}"
  if [ -n "$ITWIN_TLS_CERT" ]; then
    : "${ITWIN_ADDRESS:=0.0.0.0}"
    public_url=https://$ITWIN_ADDRESS:$ITWIN_PORT
  else
    : "${ITWIN_ADDRESS:=127.0.0.1}"
    public_url=http://$ITWIN_ADDRESS:$ITWIN_PORT
  fi
  case $ITWIN_UPSTREAM in
    unix) socket=$state/run/interlink.sock upstream=unix://$socket ;;
    loopback) upstream=http://127.0.0.1:$ITWIN_LOOPBACK_PORT ;;
    *) die "ITWIN_UPSTREAM is \"$ITWIN_UPSTREAM\": unix or loopback is wanted." ;;
  esac
  case $ITWIN_SIDECAR in
    '' | interlink | oauth2-proxy | .* | *[!A-Za-z0-9._-]*) die "ITWIN_SIDECAR is \"$ITWIN_SIDECAR\": the name of a sidecar's program is wanted, or none." ;;
  esac
  parts=(interlink oauth2-proxy)
  [ "$ITWIN_SIDECAR" = none ] || parts=("$ITWIN_SIDECAR" "${parts[@]}")
}

# NAME=value, comments, blank lines; nothing of it is run.
read_settings_file() {
  [ -e "$settings_file" ] || return 0
  local line name number=0
  while IFS= read -r line || [ -n "$line" ]; do
    number=$((number + 1))
    case $line in '' | '#'*) continue ;; esac
    name=${line%%=*}
    case " ${settings//$'\n'/ } " in
      *" $name "*) [ "$name" != "$line" ] || die "$settings_file, line $number: $name=value is wanted." ;;
      *) die "$settings_file, line $number: there is no setting \"$name\"; itwinctl.sh --help lists them." ;;
    esac
    [ -n "${!name-}" ] || export "$name=${line#*=}"
  done <"$settings_file" || die "Cannot read $settings_file."
}

check_settings() {
  local hint="set it in the environment or in $settings_file"
  [ -n "$ITWIN_ISSUER" ] || die "ITWIN_ISSUER is not set: the URL of the OIDC issuer whose tokens are taken; $hint."
  [ -n "$ITWIN_AUDIENCE" ] || die "ITWIN_AUDIENCE is not set: what tokens must have as \`aud\`; $hint."
  case $ITWIN_ISSUER in
    https://?* | http://127.0.0.1[:/]* | http://localhost[:/]* | http://\[::1\]*) ;;
    *) die "ITWIN_ISSUER is \"$ITWIN_ISSUER\": an https:// URL is wanted, since its keys decide who comes in." ;;
  esac
  [[ $ITWIN_USERS != *\"* ]] || die "ITWIN_USERS has a quotation mark, which oauth2-proxy can't read: $ITWIN_USERS."
  [ -n "$ITWIN_GROUPS$ITWIN_USERS" ] ||
    die "Neither ITWIN_GROUPS nor ITWIN_USERS is set: who may call? ITWIN_USERS='*' lets in everybody who has a token of that issuer for that audience."
  local name
  for name in $settings; do
    [[ ${!name-} != *[[:cntrl:]]* ]] || die "$name has control characters: $(printf '%q' "${!name}")."
  done
  for name in ITWIN_PORT ITWIN_LOOPBACK_PORT; do
    [[ ${!name} =~ ^[0-9]{1,5}$ ]] || die "$name is \"${!name}\": a port is wanted."
  done
  [ "${ITWIN_TLS_CERT:+set}" = "${ITWIN_TLS_KEY:+set}" ] || die 'ITWIN_TLS_CERT and ITWIN_TLS_KEY are wanted together.'
  for name in ITWIN_TLS_CERT ITWIN_TLS_KEY ITWIN_CLIENT_SECRET_FILE ITWIN_ISSUER_CA; do
    [ -z "${!name}" ] || [ -r "${!name}" ] || die "$name is \"${!name}\": this account can't read such a file."
  done
  check_socket
}

check_socket() {
  local hint="Set XDG_STATE_HOME to another folder of this account's own, on a local disk at best, or ITWIN_UPSTREAM to loopback."
  [ "$ITWIN_UPSTREAM" = unix ] || return 0
  [ "${#socket}" -le "$max_socket_path" ] ||
    die "The path of InterLink's socket is too long (${#socket} bytes, $max_socket_path at most): $socket. $hint"
  # It is written as a URL, for which % ? # and blanks are not what they are in a path.
  [[ $socket =~ ^[A-Za-z0-9/._+@=,~-]+$ ]] || die "The path of InterLink's socket has characters that a URL can't have: $socket. $hint"
}

make_folders() {
  umask 077
  mkdir -p "$data" "$logs" "$state/run" && chmod 700 "$data" "$state" "$logs" "$state/run" ||
    die "Cannot make the folders of itwinctl: $data, $state."
}

# One itwinctl at a time; what it starts does not hold the lock.
take_turn() {
  exec 9>"$state/lock" || die "Cannot write $state/lock."
  flock -w 120 9 ||
    die "Another itwinctl is at work, or the file system of $state has no locks: then set XDG_STATE_HOME to a folder on a local disk."
}

# --------------------------------------------------------------------------------------------------------------------- processes
#
# A record has the process ID, the start time in clock ticks since boot, and the boot: all three together are never used again
# (proc_pid_stat(5)). It is written by the process itself, before it becomes the program, so that none runs without one.

# When did this process start? Fails when there is no such process, or only what is left of it.
start_ticks() {
  local stat fields
  stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 1
  # The command's name, in parentheses, may hold blanks and parentheses itself.
  read -ra fields <<<"${stat##*) }"
  [ "${fields[0]}" != Z ] && printf '%s\n' "${fields[19]}"
}

boot_id() { cat /proc/sys/kernel/random/boot_id; }

# Sets pid and since (seconds since 1970) of a part that runs; fails when it does not.
find_running() {
  local ticks boot
  read -r pid ticks boot since 2>/dev/null <"$state/$1.pid" || return 1
  [ "$boot" = "$(boot_id)" ] && [ "$ticks" = "$(start_ticks "$pid")" ]
}

launch() {
  local part=$1 record=$state/$1.pid
  shift
  put_log_aside "$part"
  (
    exec 9>&- </dev/null >>"$logs/$part.log" 2>&1
    # In a substitution, BASHPID would be another.
    local own=$BASHPID
    printf '%s %s %s %s\n' "$own" "$(start_ticks "$own")" "$(boot_id)" "$(date +%s)" >"$record.new" &&
      mv "$record.new" "$record" || exit 1
    # Jobs of Slurm inherit it.
    umask "$caller_umask"
    exec setsid "$@"
  ) &
  launched=$!
}

# The log that the present run writes has nothing of the runs before.
put_log_aside() {
  local log=$logs/$1.log
  [ ! -s "$log" ] || { shift_logs "$log" && mv "$log" "$log.1"; }
}

# A log that has grown too long is copied and emptied: its writer appends, and goes on.
rotate_logs() {
  local log size
  for log in "$logs"/*.log; do
    [ -f "$log" ] || continue
    size=$(stat -c %s "$log") && [ "$size" -gt "$max_log_bytes" ] || continue
    shift_logs "$log" && cp "$log" "$log.1" && : >"$log"
  done
}

shift_logs() {
  local number
  for ((number = kept_logs; number > 1; number--)); do
    [ ! -e "$1.$((number - 1))" ] || mv "$1.$((number - 1))" "$1.$number" || return 1
  done
}

# Sends SIGTERM to all, the way in first, so that nothing new comes; then waits, and kills what takes too long.
end_parts() {
  local part record others=() ending=()
  for record in "$state"/*.pid; do
    part=$(basename "$record" .pid)
    case $part in interlink | oauth2-proxy | '*') ;; *) others+=("$part") ;; esac
  done
  for part in oauth2-proxy interlink ${others[@]+"${others[@]}"}; do
    if find_running "$part"; then
      kill -TERM "$pid" && ending+=("$part")
    elif [ -e "$state/$part.pid" ]; then
      say "$part did not run any more."
      rm -f "$state/$part.pid"
    fi
  done
  for part in ${ending[@]+"${ending[@]}"}; do
    wait_for_end "$part"
    say "$part has ended."
    rm -f "$state/$part.pid"
  done
  [ -n "${ending[*]-}" ] || say 'Nothing runs.'
}

wait_for_end() {
  local deadline=$((SECONDS + stop_timeout))
  while find_running "$1"; do
    if [ "$SECONDS" -ge "$deadline" ]; then
      warn "$1 (pid $pid) has not ended in $stop_timeout s, and is killed."
      kill -KILL "$pid"
      deadline=$((SECONDS + stop_timeout))
    fi
    sleep 0.1
  done
}

# ------------------------------------------------------------------------------------------------------------------------- start

program_of() {
  local program
  if [ -n "$ITWIN_BIN" ]; then
    program=$ITWIN_BIN/$1
    [ -x "$program" ] || die "There is no program $program: ITWIN_BIN names the folder of interlink and the sidecar."
  else
    program=$(type -P "$1") || die "There is no program \"$1\" on the PATH: install InterLink, or set ITWIN_BIN to its folder."
  fi
  printf '%s\n' "$program"
}

# Homes are shared by login nodes: two sidecars for the same pods would be in each other's way.
check_other_hosts() {
  local record other
  for record in "${state%/*}"/*/*.pid; do
    other=${record%/*}
    [ ! -e "$record" ] || [ "$other" -ef "$state" ] ||
      die "It runs on ${other##*/} already: itwinctl.sh stop there, or, if that host has gone down, remove $other."
  done
}

start_all() {
  check_settings
  check_other_hosts
  [ -x "$proxy_program" ] || die 'oauth2-proxy is not installed: run itwinctl.sh install first.'
  local part program
  for part in "${parts[@]}"; do
    if find_running "$part"; then
      say "$part runs already (pid $pid)."
      continue
    fi
    if [ "$part" = oauth2-proxy ]; then
      start_proxy
    else
      program=$(program_of "$part") || exit 1
      start_ours "$part" "$program"
    fi
    say "$part has started."
  done
  say "InterLink is at $public_url."
  say "Next, at the Virtual Kubelet: InterlinkURL and InterlinkPort as in that address, and VKTokenFile (or \$VKTOKENFILE) a file with a token of $ITWIN_ISSUER."
  [ "$ITWIN_ADDRESS" != 127.0.0.1 ] ||
    say 'Only this machine can connect: set ITWIN_TLS_CERT and ITWIN_TLS_KEY for others, or ITWIN_ADDRESS where something else does TLS.'
}

# Where InterLink listens, whom it believes there, and which sidecar it has: over what its configuration says.
start_ours() {
  case $ITWIN_SIDECAR in
    slurm-sidecar | docker-sidecar | mock-sidecar) local -x SIDECARSERVICE=${ITWIN_SIDECAR%-sidecar} ;;
  esac
  if [ "$1" = interlink ]; then
    local -x INTERLINKADDRESS=$upstream
    [ "$ITWIN_UPSTREAM" = loopback ] || local -x AUTHTRUSTPROXY=true
  fi
  launch "$1" "$2"
  case $1 in
    # Of a sidecar that is not ours nothing is known but that it runs.
    interlink | slurm-sidecar | docker-sidecar | mock-sidecar | process-sidecar) wait_until "$1" has_said listening "$1" ;;
    *) wait_until "$1" true ;;
  esac
}

has_said() { grep -q "\"msg\":\"$1\"" "$logs/$2.log"; }

start_proxy() {
  local name
  # Other users of this machine reach a port as oauth2-proxy does.
  [ "$ITWIN_UPSTREAM" = unix ] || has_said 'callers may show tokens of this issuer' interlink ||
    die 'InterLink does not verify tokens: with ITWIN_UPSTREAM=loopback it must, by Auth.OIDC in its configuration (INTERLINKCONFIGPATH). Set it, then itwinctl.sh restart.'
  ! is_answered || die "Another process listens on port $ITWIN_PORT already: end it, or set ITWIN_PORT."
  write_proxy_config >"$state/oauth2-proxy.cfg.new" && mv "$state/oauth2-proxy.cfg.new" "$state/oauth2-proxy.cfg" ||
    die "Cannot write the configuration of oauth2-proxy, $state/oauth2-proxy.cfg."
  # They would go before its configuration.
  for name in "${!OAUTH2_PROXY_@}"; do unset "$name"; done
  launch oauth2-proxy "$proxy_program" --config "$state/oauth2-proxy.cfg"
  wait_until oauth2-proxy is_answered
}

# Whether somebody listens where oauth2-proxy does.
is_answered() {
  local address=$ITWIN_ADDRESS
  case $address in 0.0.0.0) address=127.0.0.1 ;; '[::]') address=::1 ;; \[*\]) address=${address:1:-1} ;; esac
  (exec 3<>"/dev/tcp/$address/$ITWIN_PORT") 2>/dev/null
}

# Waits for a condition for as long as what was launched runs. Its record comes a moment after its launch.
wait_until() {
  local part=$1 deadline=$((SECONDS + start_timeout))
  shift
  while :; do
    sleep 0.2
    ! find_running "$part" || ! "$@" || ! find_running "$part" || return 0
    start_ticks "$launched" >/dev/null ||
      die "$part has ended at its start: $(last_error "$part"). Its log: $logs/$part.log"
    [ "$SECONDS" -lt "$deadline" ] || die "$part runs, and does not answer after $start_timeout s; its log: $logs/$part.log"
  done
}

# ---------------------------------------------------------------------------------------------------- oauth2-proxy's configuration

# A string of TOML.
toml() {
  local text=${1//\\/\\\\}
  printf '"%s"' "${text//\"/\\\"}"
}

# A list of TOML, of what is separated by commas.
toml_list() {
  local items item separator=''
  IFS=, read -ra items <<<"$1"
  printf '['
  for item in ${items[@]+"${items[@]}"}; do
    item=${item#"${item%%[! ]*}"} item=${item%"${item##*[! ]}"}
    [ -z "$item" ] || { printf '%s' "$separator" && toml "$item" && separator=', '; }
  done
  printf ']'
}

# https://oauth2-proxy.github.io/oauth2-proxy/7.8.x/configuration/overview
write_proxy_config() {
  local audience=${ITWIN_AUDIENCE%%,*} more_audiences='' secret_file=${ITWIN_CLIENT_SECRET_FILE:-$data/client-secret}
  [ "$audience" = "$ITWIN_AUDIENCE" ] || more_audiences=${ITWIN_AUDIENCE#*,}
  if [ -n "$ITWIN_TLS_CERT" ]; then
    printf 'https_address = %s\nhttp_address = "-"\n' "$(toml "$ITWIN_ADDRESS:$ITWIN_PORT")"
    printf 'tls_cert_file = %s\ntls_key_file = %s\n' "$(toml "$ITWIN_TLS_CERT")" "$(toml "$ITWIN_TLS_KEY")"
    printf 'tls_min_version = "TLS1.3"\n'
  else
    printf 'http_address = %s\n' "$(toml "$ITWIN_ADDRESS:$ITWIN_PORT")"
  fi
  printf 'provider = "oidc"\noidc_issuer_url = %s\n' "$(toml "$ITWIN_ISSUER")"
  printf 'client_id = %s\noidc_extra_audiences = %s\n' "$(toml "$audience")" "$(toml_list "$more_audiences")"
  printf 'client_secret_file = %s\ncookie_secret = %s\n' "$(toml "$secret_file")" "$(toml "$(cat "$data/cookie-secret")")"
  [ -z "$ITWIN_ISSUER_CA" ] || printf 'provider_ca_files = %s\n' "$(toml_list "$ITWIN_ISSUER_CA")"
  printf 'oidc_groups_claim = %s\n' "$(toml "$ITWIN_GROUPS_CLAIM")"
  [ -z "$ITWIN_GROUPS" ] || printf 'allowed_groups = %s\n' "$(toml_list "$ITWIN_GROUPS")"
  # The user is who the token is about: an e-mail address may be missing, and unverified.
  printf 'oidc_email_claim = "sub"\n'
  case $ITWIN_USERS in
    '' | '*') printf 'email_domains = ["*"]\n' ;;
    *)
      tr ',' '\n' <<<"$ITWIN_USERS" >"$state/users" || return 1
      printf 'authenticated_emails_file = %s\n' "$(toml "$state/users")"
      ;;
  esac
  printf 'upstreams = %s\n' "$(toml_list "$upstream")"
  cat <<'TOML'
# A program calls, and shows its token with each request; there is no page to log in.
skip_jwt_bearer_tokens = true
skip_claims_from_profile_url = true
# Whose token it is, for InterLink; what callers send under these names themselves is taken off.
pass_user_headers = true
pass_authorization_header = true
skip_auth_strip_headers = true
# Watches and logs are passed on as they come; a command may take its time to start.
flush_interval = "-1s"
upstream_timeout = "5m"
# With true, WebSockets would be carried by a part of oauth2-proxy that can't reach unix sockets. The other part carries them, too.
proxy_websockets = false
# Words of commands are in the paths of requests; InterLink has an access log without them.
request_logging = false
silence_ping_logging = true
TOML
}

# ----------------------------------------------------------------------------------------------------------------------- install

install_all() {
  local from=auto sum='' made
  while [ $# -gt 0 ]; do
    case $1 in
      --from | --sha256)
        [ $# -gt 1 ] || die "$1 wants a value; itwinctl.sh --help has them."
        if [ "$1" = --from ]; then from=$2; else sum=$2; fi
        shift 2
        ;;
      *) die "install does not know \"$1\"; itwinctl.sh --help has what it knows." ;;
    esac
  done
  [ -z "$sum" ] || [[ $sum =~ ^[0-9a-fA-F]{64}$ ]] || die "--sha256 is \"$sum\": 64 hexadecimal digits are wanted."
  work=$(mktemp -d "$data/install.XXXXXX") || die "Cannot write to $data."
  trap 'rm -rf "$work"' EXIT
  made=$work/oauth2-proxy
  case $from in
    auto)
      if type -P oauth2-proxy >/dev/null; then
        take_from_path "$made" "$sum"
      elif ! (take_release "$made" "$sum"); then
        say 'Trying the Go toolchain instead.'
        take_from_go "$made" "$sum"
      fi
      ;;
    path) take_from_path "$made" "$sum" ;;
    release) take_release "$made" "$sum" ;;
    go) take_from_go "$made" "$sum" ;;
    *) take_file "$made" "$from" "$sum" ;;
  esac
  "$made" --version >/dev/null 2>&1 || die "The program that was found does not run: $("$made" --version 2>&1 | head -n 1)"
  write_secrets && mv -T "$made" "$proxy_program" || die "Cannot write to $data."
  say "oauth2-proxy is installed: $("$proxy_program" --version)"
  ! find_running oauth2-proxy || say 'The one before still runs: itwinctl.sh restart changes that.'
  say 'Next: set ITWIN_ISSUER, ITWIN_AUDIENCE and ITWIN_GROUPS (itwinctl.sh --help), then itwinctl.sh start.'
}

# Secrets of this installation. A client's secret is wanted by oauth2-proxy, and used in logins by browser only.
write_secrets() {
  local name
  for name in cookie-secret client-secret; do
    head -c 32 /dev/urandom | base64 | tr '+/' '-_' | tr -d '\n' >"$work/$name" && mv "$work/$name" "$data/$name" || return 1
  done
}

take_from_path() {
  local found
  found=$(type -P oauth2-proxy) || die 'There is no oauth2-proxy on the PATH.'
  found=$(realpath -s "$found") && ln -s "$found" "$1" || die "Cannot write to $data."
  [ -z "$2" ] || check_sum "$found" "$2"
  say "Taking $found."
}

take_release() {
  local machine name url=$ITWIN_RELEASE_URL sum=$2
  case $(uname -m) in
    x86_64) machine=amd64 ;;
    aarch64) machine=arm64 ;;
    ppc64le | s390x) machine=$(uname -m) ;;
    *) die "There is no release for $(uname -m): use --from go." ;;
  esac
  name=oauth2-proxy-v$proxy_version.linux-$machine.tar.gz
  type -P curl >/dev/null || die 'There is no curl to download with: use --from FILE or --from go.'
  say "Downloading $url/$name."
  # A checksum that comes the same way is only as good as that way.
  if [ -z "$sum" ]; then
    sum=$(curl -fsSL --proto =https "$url/$name-sha256sum.txt") ||
      die "Cannot download the checksum, by https, from $url: use --sha256, --from FILE or --from go."
    sum=${sum%% *}
  fi
  curl -fsSL --proto =https,http -o "$work/$name" "$url/$name" ||
    die "Cannot download $url/$name: use --from FILE or --from go."
  take_file "$1" "$work/$name" "$sum"
}

take_from_go() {
  [ -z "$2" ] || die '--sha256 is of no use with --from go: Go checks the sources against its own checksums.'
  type -P go >/dev/null || die 'There is no go on the PATH: use --from FILE or --from release.'
  say "Building $go_package, which takes a minute or two."
  GOBIN=$work CGO_ENABLED=0 go install "$go_package" || die "go install $go_package failed."
}

take_file() {
  [ -f "$2" ] || die "There is no file \"$2\" to install: path, release, go or a file is wanted."
  [ -n "$3" ] || die "The checksum of $2 is wanted: --sha256 SUM."
  # What is checked is what is used, whoever may write to the other.
  cp "$2" "$work/file" || die "Cannot copy $2."
  check_sum "$work/file" "$3"
  case $2 in
    *.tar.gz | *.tgz) tar -xzOf "$work/file" --wildcards '*/oauth2-proxy' >"$1" || die "$2 has no oauth2-proxy in it." ;;
    *) mv "$work/file" "$1" ;;
  esac
  chmod 700 "$1"
}

check_sum() {
  local found
  found=$(sha256sum "$1") && found=${found%% *}
  [ "$found" = "$(tr '[:upper:]' '[:lower:]' <<<"$2")" ] || die "What was found has the SHA-256 $found, and not $2: it is not installed."
}

# ------------------------------------------------------------------------------------------------------------------------ status

# The last line of a log that tells of an error, without its JSON; nothing when there is none.
last_error() {
  local line
  case $1 in
    oauth2-proxy)
      line=$(grep -E '^\[.*\.go:[0-9]+\] .*([Ee]rror|ERROR|[Ii]nvalid|[Cc]annot|[Cc]ould not|[Ff]ailed|[Uu]nable)|^ +[a-z]' "$logs/$1.log")
      ;;
    *) line=$(grep -E '^[^{]|"level":"(error|fatal)"' "$logs/$1.log") ;;
  esac 2>/dev/null
  tail -n 1 <<<"$line" | cut -c 1-500
}

# Where a part of ours says that it listens; what oauth2-proxy does is our own doing.
address_of() {
  if [ "$1" = oauth2-proxy ]; then
    printf '%s\n' "$public_url"
  else
    grep '"msg":"listening"' "$logs/$1.log" 2>/dev/null | tail -n 1 | sed -n 's/.*"address":"\([^"]*\)".*/\1/p'
  fi
}

show_status() {
  local part record error is_down='' shown=("${parts[@]}")
  for record in "$state"/*.pid; do
    part=$(basename "$record" .pid)
    case " ${shown[*]} * " in *" $part "*) ;; *) shown+=("$part") ;; esac
  done
  for part in "${shown[@]}"; do
    if find_running "$part"; then
      printf '%-16s runs since %s, pid %s, %s\n' "$part" "$(date -d "@$since" '+%F %T')" "$pid" "$(address_of "$part")"
    else
      is_down=yes
      printf '%-16s is down\n' "$part"
    fi
    error=$(last_error "$part")
    [ -z "$error" ] || printf '%-16s last error: %s\n' '' "$error"
  done
  printf '%-16s %s\n' 'logs' "$logs"
  show_sidecar || is_down=yes
  [ -z "$is_down" ] || { printf 'Next: itwinctl.sh start\n' && return 1; }
}

# What InterLink says about the way to its sidecar.
show_sidecar() {
  local answer
  find_running interlink || return 0
  type -P curl >/dev/null || { printf '%-16s is not asked about its sidecar: there is no curl\n' interlink && return 0; }
  if [ "$ITWIN_UPSTREAM" = unix ]; then
    answer=$(curl -sS --max-time 10 --unix-socket "$socket" 'http://interlink/readyz?verbose' 2>&1)
  else
    answer=$(curl -sS --max-time 10 "$upstream/readyz?verbose" 2>&1)
  fi
  [ "${answer##*$'\n'}" != ok ] || return 0
  printf '%-16s is not ready: %s\n' interlink "${answer//$'\n'/; }"
  return 1
}

# -------------------------------------------------------------------------------------------------------------------------- main

main() {
  local command=${1-}
  [ $# -eq 0 ] || shift
  case $command in
    -h | --help | help) usage && return ;;
    install | start | stop | restart | status) ;;
    '') usage >&2 && return 2 ;;
    *) warn "There is no command \"$command\": install, start, stop, restart or status is wanted." && return 2 ;;
  esac
  caller_umask=$(umask)
  [ "$command" = install ] || [ $# -eq 0 ] || die "$command takes no arguments."
  load_settings
  make_folders
  take_turn
  rotate_logs
  case $command in
    install) install_all "$@" ;;
    start) start_all ;;
    stop) end_parts ;;
    restart) check_settings && end_parts && start_all ;;
    status) show_status ;;
  esac
}

main "$@"
