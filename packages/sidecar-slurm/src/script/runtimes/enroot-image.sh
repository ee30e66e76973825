# --- enroot's images: pulled by its own client, as files of squashfs ---------------------------------------------------------
# Releases before 4 take no digest: the image is what its tag means now, and in the cache under what it meant when the pod came.
image_download() {
  local name=$1 auth_file=$2 file=$3 output status
  : >"$enroot_folder/config/.credentials"
  if [[ -n $auth_file ]]; then
    write_netrc "$auth_file" "${image_repository[$name]}" || return
  fi
  output=$(
    exec 2>&1 </dev/null {bus}>&-
    clear_exported_except '*_proxy' '*_PROXY' 'SSL_CERT_*' LANG
    enroot_environment
    [[ -n ${image_insecure[$name]} ]] && export ENROOT_ALLOW_HTTP=yes
    exec "$enroot_path" import --output "$file" -- "${enroot_uri[$name]}"
  )
  status=$?
  rm -f -- "$enroot_folder/config/.credentials"
  ((status == 0)) && return
  enroot_complaint "$output"
  runtime_error=$REPLY
  return 1
}

# Its configuration is in the image's /etc/rc and /etc/environment.
image_describe() {
  return 0
}

# The login of an image's repository as netrc has it: by the host that gives tokens, which for some registries is another one.
write_netrc() {
  local text entry login host
  text=$(<"$1")
  [[ $text == *"\"$2\":{\"auth\":\""* ]] || return 0
  entry=${text#*"\"$2\":{\"auth\":\""}
  login=$(base64 -d <<<"${entry%%\"*}")
  if [[ $login == *[[:space:]]* ]]; then
    runtime_error='enroot takes no login with a blank in it'
    return 1
  fi
  host=${2%%/*}
  for host in "${host%%:*}" "auth.${host%%:*}" "authn.nvidia.com"; do
    [[ $host == authn.nvidia.com && $2 != nvcr.io/* ]] && continue
    printf 'machine %s login %s password %s\n' "$host" "${login%%:*}" "${login#*:}"
  done >"$enroot_folder/config/.credentials"
}

# REPLY: what enroot says went wrong: its last line with an error, or its last line.
enroot_complaint() {
  local line last='' error=''
  while IFS= read -r line; do
    [[ -n $line ]] && last=$line
    [[ $line == '[ERROR] '* ]] && error=${line#'[ERROR] '}
  done <<<"$1"
  REPLY=${error:-${last:-enroot has failed without a word}}
}
