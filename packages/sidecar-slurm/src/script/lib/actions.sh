# --- actions: what probes and hooks do ------------------------------------------------------------------------------------
# Each answers by its status, and says in task_text what went wrong, in the kubelet's words.

# Runs the words of a file of the container inside of it; task_text: the beginning of its output.
run_inside() {
  local name=$1 folder output words status
  container_folder "$name"
  folder=$REPLY
  read_words "$folder/$2"
  output=$scratch_folder/$name.$2.out
  "$folder/enter" "${words[@]}" >"$output" 2>&1
  status=$?
  IFS= read -r -N 1024 task_text <"$output"
  return "$status"
}

# Opens a connection: its descriptor is in `connection`.
open_connection() {
  local host=$1 port=$2 said address=$1:$2
  [[ $host == *:* ]] && address=[$host]:$port
  # bash says why not, on stderr; asked again only then.
  if { exec {connection}<>"/dev/tcp/$host/$port"; } 2>/dev/null; then return 0; fi
  said=$( { exec {connection}<>"/dev/tcp/$host/$port"; } 2>&1) && said='Connection refused'
  case $said in
    *'Connection refused'*) task_text="dial tcp $address: connect: connection refused" ;;
    *'No route to host'*) task_text="dial tcp $address: connect: no route to host" ;;
    *'Network is unreachable'*) task_text="dial tcp $address: connect: network is unreachable" ;;
    *'timed out'*) task_text="dial tcp $address: connect: connection timed out" ;;
    *'not known'* | *'name resolution'*) task_text="dial tcp: lookup $host: no such host" ;;
    *) task_text="dial tcp $address: ${said##*: }" ;;
  esac
  return 1
}

# http_get NAME FILE SCHEME HOST PORT PATH: sends the header lines of the file. Sets http_status, http_location; task_text: what went
# wrong, or the beginning of the body of a redirect that is not followed. Redirects are followed on the same host, up to ten.
http_get() {
  local name=$1 file=$2 scheme=$3 host=$4 port=$5 path=$6 redirects=0 words authority=$4:$5
  http_url "$scheme" "$host" "$port" "$path"
  container_folder "$name"
  read_words "$REPLY/$file"
  [[ $host == *:* ]] && authority=[$host]:$port
  # A server that goes away in the middle is told of as any other.
  trap '' PIPE
  if [[ $scheme == HTTPS ]]; then
    https_get "https://$authority$path"
    return
  fi
  while http_exchange "$host" "$port" "$path" "$authority"; do
    case $http_status in 301 | 302 | 303 | 307 | 308) ;; *) return 0 ;; esac
    case $http_location in
      '') return 0 ;;
      /*) path=$http_location ;;
      "http://$authority"/*) path=${http_location#"http://$authority"} ;;
      *) return 0 ;;
    esac
    redirects=$((redirects + 1))
    if ((redirects > 10)); then
      task_text="Get \"$http_address\": stopped after 10 redirects"
      return 1
    fi
  done
  task_text="Get \"$http_address\": $task_text"
  return 1
}

# http_address: the URL as messages have it.
http_url() {
  local host=$2
  [[ $host == *:* ]] && host=[$host]
  http_address=${1,,}://$host:$3$4
}

http_exchange() {
  local host=$1 port=$2 path=$3 authority=$4 line own_host='' header connection
  http_status='' http_location=''
  open_connection "$host" "$port" || return 1
  for header in "${words[@]}"; do [[ ${header,,} == host:* ]] && own_host=1; done
  {
    printf 'GET %s HTTP/1.1\r\n' "$path"
    [[ -z $own_host ]] && printf 'Host: %s\r\n' "$authority"
    ((${#words[@]} > 0)) && printf '%s\r\n' "${words[@]}"
    printf '\r\n'
  } >&"$connection" 2>/dev/null
  IFS= read -r line <&"$connection"
  case $line in
    HTTP/1.[01]' '[1-5][0-9][0-9]*) http_status=${line:9:3} ;;
    '') task_text=EOF ;;
    *) task_text='net/http: HTTP/1.x transport connection broken: malformed HTTP response' ;;
  esac
  if [[ -n $http_status ]]; then
    while IFS= read -r line <&"$connection" && line=${line%$'\r'} && [[ -n $line ]]; do
      [[ ${line,,} == location:* ]] && http_location=${line#*:} && http_location=${http_location# }
    done
    [[ $http_status == 3* ]] && IFS= read -r -N 1024 task_text <&"$connection"
  fi
  exec {connection}>&-
  [[ -n $http_status ]]
}

# By curl, which gets the header by its stdin: nothing of it in an argument.
https_get() {
  local header quoted
  http_status='' http_location=''
  if ! type -P curl >/dev/null; then
    task_text="Get \"$http_address\": HTTPS needs curl on the node, and there is none"
    return 1
  fi
  http_status=$(
    {
      quote_curl "$1" && printf 'url = "%s"\n' "$REPLY"
      for header in "${words[@]}"; do
        # Curl leaves out a header with an empty value, unless it ends in a semicolon.
        quote_curl "$header" && printf 'header = "%s"\n' "$REPLY"
      done
    } | curl --config - --insecure --silent --show-error --max-redirs 10 --noproxy '*' --output /dev/null --write-out '%{http_code}' 2>/dev/null
  )
  [[ -n $http_status && $http_status != 000 ]] && return 0
  task_text="Get \"$http_address\": no answer"
  return 1
}

quote_curl() {
  REPLY=${1//"$one_backslash"/$two_backslashes}
  REPLY=${REPLY//\"/\\\"}
}
