# --- Apptainer's images: pulled as SIF files, with what they say of themselves beside --------------------------------------
image_download() {
  local name=$1 auth_file=$2 file=$3 output words=()
  [[ -n ${image_insecure[$name]} ]] && words+=(--no-https)
  if [[ -n $apptainer_has_authfile ]]; then
    # Without one, it is the account's own logins that would count.
    words+=(--authfile "${auth_file:-$apptainer_folder/no-logins.json}")
  fi
  if output=$(
    exec 2>&1 </dev/null {bus}>&-
    clear_exported_except '*_proxy' '*_PROXY' 'SSL_CERT_*' LANG
    apptainer_environment
    export HOME=$apptainer_folder/home APPTAINER_TMPDIR=$scratch_folder/.tmp SINGULARITY_TMPDIR=$scratch_folder/.tmp
    mkdir -p -- "$scratch_folder/.tmp" || exit
    [[ -n $auth_file && -z $apptainer_has_authfile ]] && export_login "$auth_file" "${image_repository[$name]}"
    exec "$apptainer_path" -s pull --disable-cache "${words[@]}" "$file" "${image_uri[$name]}"
  ); then
    return
  fi
  apptainer_complaint "$output"
  runtime_error=$REPLY
  return 1
}

# Older releases take one login, by variables.
export_login() {
  local text entry login
  text=$(<"$1")
  [[ $text == *"\"$2\":{\"auth\":\""* ]] || return 0
  entry=${text#*"\"$2\":{\"auth\":\""}
  login=$(base64 -d <<<"${entry%%\"*}")
  export APPTAINER_DOCKER_USERNAME=${login%%:*} APPTAINER_DOCKER_PASSWORD=${login#*:}
  export SINGULARITY_DOCKER_USERNAME=${login%%:*} SINGULARITY_DOCKER_PASSWORD=${login#*:}
}

# The configuration that came with an image from a registry of Docker's kind; images made otherwise have none.
image_describe() {
  local file=$1 folder=$2 line id
  while IFS='|' read -r id _ _ _ line; do
    [[ $line == *JSON.Generic* ]] || continue
    id=${id// /}
    [[ $("$apptainer_path" -s sif info "$id" "$file" 2>/dev/null) == *oci-config* ]] || continue
    "$apptainer_path" -s sif dump "$id" "$file" >"$folder/config" 2>/dev/null || rm -f -- "$folder/config"
    return 0
  done < <("$apptainer_path" -s sif list "$file" 2>/dev/null)
  return 0
}

# REPLY: what Apptainer says went wrong, without what it says beside: its first FATAL, which is the innermost, or else its last line.
apptainer_complaint() {
  local line last='' fatal=''
  while IFS= read -r line; do
    [[ -z $line ]] && continue
    last=$line
    [[ $line == *FATAL:* && -z $fatal ]] && fatal=${line#*FATAL:}
  done <<<"$1"
  REPLY=${fatal:-$last}
  REPLY=${REPLY#"${REPLY%%[![:space:]]*}"}
  REPLY=${REPLY:-Apptainer has failed without a word}
}
