# --- base: words, files, time ---------------------------------------------------------------------------------------------
# Functions answer in REPLY, so that nobody has to fork to hear it.

# One backslash, and what it is written as; kept apart because versions of bash differ in how they read it in a replacement.
one_backslash='\' two_backslashes='\\'
# The last character of a message on the bus. No text has it.
message_end=$'\x01'
shopt -u patsub_replacement 2>/dev/null

# REPLY: the text on one line, as in a key=value file.
escape_text() {
  REPLY=${1//"$one_backslash"/$two_backslashes}
  REPLY=${REPLY//$'\n'/\\n}
  REPLY=${REPLY//[$'\r'"$message_end"]/}
}

# REPLY: what escape_text was given.
unescape_text() {
  local rest=$1 before
  REPLY=''
  while [[ $rest == *"$one_backslash"* ]]; do
    before=${rest%%"$one_backslash"*}
    rest=${rest#"$before$one_backslash"}
    REPLY+=$before
    if [[ $rest == n* ]]; then REPLY+=$'\n'; else REPLY+=${rest:0:1}; fi
    rest=${rest:1}
  done
  REPLY+=$rest
}

# now: milliseconds since the epoch.
if [[ -n ${EPOCHREALTIME-} ]]; then
  now_ms() {
    # Its point is a comma in some languages.
    now=$((${EPOCHREALTIME//[!0-9]/} / 1000))
  }
else
  # bash 4.4: the kernel's own clock, from one look at the wall's.
  read -r clock_uptime _ </proc/uptime
  clock_base=$(($(date +%s%3N) - 10#${clock_uptime/./} * 10))
  now_ms() {
    local uptime
    read -r uptime _ </proc/uptime
    now=$((clock_base + 10#${uptime/./} * 10))
  }
fi

# REPLY: RFC 3339 with milliseconds.
format_time() {
  TZ=UTC0 printf -v REPLY '%(%Y-%m-%dT%H:%M:%S)T.%03dZ' "$(($1 / 1000))" "$(($1 % 1000))"
}

# The script's own chatter: slurm.out.
log_line() {
  now_ms
  format_time "$now"
  printf '%s %s\n' "$REPLY" "$1" >&2
}

# Readers see the old file or the new one.
write_file() {
  printf '%s' "$2" >"$1.new" && mv -f -- "$1.new" "$1"
}

container_folder() {
  REPLY=$pod_folder/containers/$1
}

# words: the NUL-terminated words of a file. Status 1: there is no such file.
read_words() {
  words=()
  [[ -r $1 ]] && mapfile -d '' -t words <"$1"
}

# REPLY: the value of a key of a key=value file, empty without one.
read_key() {
  local line
  REPLY=''
  [[ -r $1 ]] || return 1
  while IFS= read -r line; do
    if [[ $line == "$2="* ]]; then
      unescape_text "${line#*=}"
      return 0
    fi
  done <"$1"
  return 1
}

# REPLY: seconds in the words of Go: 40s, 1m20s, 1h0m0s.
go_duration() {
  local seconds=$1
  if ((seconds < 60)); then
    REPLY=${seconds}s
  elif ((seconds < 3600)); then
    REPLY=$((seconds / 60))m$((seconds % 60))s
  else
    REPLY=$((seconds / 3600))h$((seconds / 60 % 60))m$((seconds % 60))s
  fi
}
