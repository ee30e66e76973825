# --- OCI config: what an image says of its process ------------------------------------------------------------------------
# oci_entrypoint, oci_cmd, oci_env: words; oci_user, oci_working_dir, oci_stop_signal: text. From the `config` of an image's
# configuration, which holds no other strings at these places: https://github.com/opencontainers/image-spec/blob/main/config.md
read_oci_config() {
  local token key='' last='' depth=0
  oci_entrypoint=() oci_cmd=() oci_env=() oci_user='' oci_working_dir='' oci_stop_signal=''
  [[ -r $1 ]] || return
  while IFS= read -r token; do
    case $token in
      '{' | '[') depth=$((depth + 1)) ;;
      '}' | ']') depth=$((depth - 1)) ;;
      ':') ((depth == 1)) && key=$last ;;
      ',') ((depth == 1)) && key='' ;;
      '"'*)
        unquote_json "${token:1:${#token}-2}"
        last=$REPLY
        take_oci_value "$key" "$depth" "$last"
        ;;
    esac
  done < <(LC_ALL=C grep -aoE '"([^"\\]|\\.)*"|[][{}:,]' -- "$1")
}

take_oci_value() {
  case $1/$2 in
    Entrypoint/2) oci_entrypoint+=("$3") ;;
    Cmd/2) oci_cmd+=("$3") ;;
    Env/2) oci_env+=("$3") ;;
    User/1) oci_user=$3 ;;
    WorkingDir/1) oci_working_dir=$3 ;;
    StopSignal/1) oci_stop_signal=${3#SIG} ;;
  esac
}

# REPLY: a string of JSON, given without its quotes: https://datatracker.ietf.org/doc/html/rfc8259#section-7
unquote_json() {
  local rest=$1 before mark code low
  REPLY=''
  while [[ $rest == *"$one_backslash"* ]]; do
    before=${rest%%"$one_backslash"*}
    rest=${rest#"$before$one_backslash"}
    REPLY+=$before
    mark=${rest:0:1} rest=${rest:1}
    case $mark in
      n) REPLY+=$'\n' ;;
      t) REPLY+=$'\t' ;;
      r) REPLY+=$'\r' ;;
      b) REPLY+=$'\b' ;;
      f) REPLY+=$'\f' ;;
      u)
        [[ $rest =~ ^[0-9a-fA-F]{4} ]] || continue
        code=$((16#${rest:0:4})) rest=${rest:4}
        if ((code >> 10 == 54)) && [[ $rest =~ ^"$one_backslash"u([dD][c-fC-F][0-9a-fA-F]{2}) ]]; then
          low=$((16#${BASH_REMATCH[1]})) rest=${rest:6}
          code=$((0x10000 + ((code & 1023) << 10) + (low & 1023)))
        fi
        add_utf8 "$code"
        ;;
      *) REPLY+=$mark ;;
    esac
  done
  REPLY+=$rest
}

# The character's bytes behind REPLY; printf's own \u depends on the locale. No word holds a NUL.
add_utf8() {
  local code=$1 bytes byte escaped=''
  if ((code == 0)); then
    return
  elif ((code < 0x80)); then
    bytes=($code)
  elif ((code < 0x800)); then
    bytes=($((0xc0 | code >> 6)) $((0x80 | code & 63)))
  elif ((code < 0x10000)); then
    bytes=($((0xe0 | code >> 12)) $((0x80 | code >> 6 & 63)) $((0x80 | code & 63)))
  else
    bytes=($((0xf0 | code >> 18)) $((0x80 | code >> 12 & 63)) $((0x80 | code >> 6 & 63)) $((0x80 | code & 63)))
  fi
  for byte in "${bytes[@]}"; do
    printf -v byte '\\x%x' "$byte"
    escaped+=$byte
  done
  printf -v byte '%b' "$escaped"
  REPLY+=$byte
}
