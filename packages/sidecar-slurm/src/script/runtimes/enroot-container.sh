# --- what a container of enroot is started with ------------------------------------------------------------------------------
# The script that a container begins with (its /etc/rc): variables, then Kubernetes' command, or else what the image has there:
# ENTRYPOINT with the words that it is given, or with CMD. Values in `enroot start --env` would be one line each, and expanded.
write_enroot_rc() {
  local name=$1 folder=$2 image_rc=$3 words each variable container
  container_folder "$name"
  container=$REPLY
  : >"$folder/words"
  {
    printf '#!/bin/sh\n'
    # As Docker has it.
    [[ -n ${container_tty[$name]-} ]] && printf 'export TERM="${TERM:-xterm}"\n'
    read_words "$container/env"
    for each in "HOSTNAME=$enroot_hostname" "${words[@]}"; do
      variable=${each%%=*}
      [[ $variable =~ ^[A-Za-z_][A-Za-z0-9_]*$ ]] && assign "$variable" "${each#*=}"
    done
    if [[ -n $proxy_config ]]; then
      assign LD_PRELOAD /.interlink-proxy/library.so
      assign TSOCKS_CONF_FILE /.interlink-proxy/tsocks.conf
    fi
    if read_words "$container/command"; then
      printf '%s\0' "${words[@]}" >"$folder/words"
      assign_folder "${container_working_dir[$name]:-/}"
      printf 'exec "$@"\n'
    elif [[ -n ${container_working_dir[$name]-} ]]; then
      runtime_error='enroot takes a workingDir only together with a command'
      return 1
    elif [[ -r $image_rc ]]; then
      cat -- "$image_rc"
    else
      printf 'exec "$@"\n'
    fi
  } >"$folder/rc" || return
  read_words "$container/args" && printf '%s\0' "${words[@]}" >>"$folder/words"
  chmod 0755 "$folder/rc"
}

assign_folder() {
  local quote="'\"'\"'"
  printf "mkdir -p -- '%s' 2>/dev/null; cd -- '%s' || exit 126\n" "${1//\'/$quote}" "${1//\'/$quote}"
}

# Mounts as lines of fstab, and the variables that enroot's own hooks look for.
write_enroot_conf() {
  local name=$1 number=$2 folder=$3 i
  {
    printf 'mounts() {\n  cat <<'\''END_OF_MOUNTS'\''\n'
    fstab_line "$enroot_folder/hosts" /etc/hosts ro
    fstab_line "$pod_folder/containers/$name/$number/termination" "${container_termination_path[$name]}" rw
    if [[ -n $proxy_config ]]; then
      fstab_line "$proxy_library" /.interlink-proxy/library.so ro
      fstab_line "$proxy_config" /.interlink-proxy/tsocks.conf ro
    fi
    while IFS= read -r i; do
      fstab_line "${mount_source[i]}" "${mount_target[i]}" "${mount_mode[i]}"
    done < <(
      for i in "${!mount_container[@]}"; do
        [[ ${mount_container[i]} == "$name" ]] && printf '%s %s\n' "${mount_target[i]//[!\/]/}" "$i"
      done | sort -s | cut -d ' ' -f 2
    )
    printf 'END_OF_MOUNTS\n}\n'
    if [[ ${enroot_gpus[$name]-} == nvidia ]]; then
      printf 'environ() {\n  printf '\''%%s\\n'\'' NVIDIA_VISIBLE_DEVICES=%q NVIDIA_DRIVER_CAPABILITIES=compute,utility\n}\n' \
        "${CUDA_VISIBLE_DEVICES:-all}"
    fi
  } >"$folder/conf"
}

# Fields of fstab are apart by blanks; what is not a plain character is written by its octal number, `$` too, which enroot would expand.
fstab_line() {
  local fields=() text byte i
  for text in "$1" "$2"; do
    fields+=('')
    for ((i = 0; i < ${#text}; i++)); do
      byte=${text:i:1}
      case $byte in
        [A-Za-z0-9/._:@%+=,-]) ;;
        *) printf -v byte '\\%03o' "$((256 + $(printf '%d' "'$byte") & 255))" ;;
      esac
      fields[-1]+=$byte
    done
  done
  printf '%s %s none x-create=auto,bind,%s,nosuid,nodev\n' "${fields[@]}" "$3"
}
