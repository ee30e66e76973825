# --- pull: one image, on the login node, before its pod has a job -----------------------------------------------------------
# Told are events, as a job writes them down, and at the end `pulled`, or `failed TAB reason TAB message`.
image_puller=login

add_event() {
  local time
  now_ms
  format_time "$now"
  time=$REPLY
  escape_text "${4:0:1024}"
  printf '%s\t%s\t%s\t%s\t%s\n' "$time" "$1" "$2" "$3" "$REPLY"
}

pull_ahead() {
  local name=$1 place=${TMPDIR:-/tmp} runtime_error='' runtime_reason='' runtime_image_id=''
  local image_file='' image_entry=''
  umask 077
  LC_ALL=C
  export TZ=UTC0
  # Once the sidecar is gone nobody listens; what is under way is finished all the same, for whoever comes next.
  trap '' PIPE
  trap 'exit 143' TERM
  trap leave_pull EXIT
  pod_node=${HOSTNAME%%.*} pod_ip=127.0.0.1
  exec {bus}>/dev/null
  sweep_scratch "$place"
  if ! { scratch_folder=$(mktemp -d "$place/interlink-$pod_uid.XXXXXX") && own_scratch "$scratch_folder"; }; then
    runtime_error="cannot make a folder in $place"
  elif prepare_pull "$name" && obtain_image "$name"; then
    printf 'pulled\n'
    exit 0
  fi
  escape_text "${runtime_error:0:1500}"
  printf 'failed\t%s\t%s\n' "${runtime_reason:-ErrImagePull}" "$REPLY"
  exit 1
}

# The runtime is looked for only where there is something to pull: most images are there.
prepare_pull() {
  locate_image "$1"
  is_image_open "$1" || runtime_prepare_pod
}

leave_pull() {
  [[ -n $scratch_folder ]] || return
  release_locks
  remove_tree "$scratch_folder"
}
