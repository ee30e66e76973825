# --- an instance of Apptainer: the namespaces that an attempt's process, its probes and whoever looks in share --------------
# words: the options of an instance: nothing of the node's but what is mounted. A root file system that can be written is a folder
# over the image, on the node's disk; where the node can't do that, it is in memory, and as small as its administrator has set.
instance_options() {
  local name=$1 number=$2 folder=$3
  words=(--no-eval --containall --no-home --cleanenv --uts --hostname "$apptainer_hostname" --workdir "$folder/work")
  if [[ -n ${apptainer_read_only[$name]-} ]]; then
    :
  elif [[ $root_in == memory ]]; then
    words+=(--writable-tmpfs)
  else
    words+=(--overlay "$folder/root")
  fi
  case ${apptainer_gpus[$name]-} in
    nvidia) words+=(--nv) ;;
    amd) words+=(--rocm) ;;
  esac
  add_mount "$apptainer_folder/hosts" /etc/hosts ro
  add_mount "$folder/home" "$apptainer_home" rw
  add_mount "$folder/environment.sh" /.singularity.d/env/99-zz-interlink.sh ro
  # Apptainer's own way to hand on the image's variables evaluates some, and trips over others: they are among ours.
  [[ -n $has_oci_config ]] && add_mount "$apptainer_folder/empty" /.singularity.d/env/10-docker2singularity.sh ro
  [[ $start_script == none ]] && add_mount "$apptainer_folder/empty" /.singularity.d/startscript ro
  termination_target "${container_termination_path[$name]}"
  add_mount "$pod_folder/containers/$name/$number/termination" "$REPLY" rw
  if [[ -n $proxy_config ]]; then
    add_mount "$proxy_library" "$apptainer_proxy_target/library.so" ro
    add_mount "$proxy_config" "$apptainer_proxy_target/tsocks.conf" ro
  fi
  add_volumes "$name" "$folder" || return
  words+=("${apptainer_options[@]}")
}

# REPLY: where the file for the last word is mounted. Apptainer's /dev takes no mounts, so there is a link in it: see link_termination.
termination_target() {
  REPLY=$1
  [[ $1 == /dev/* ]] && REPLY=/.interlink-termination-log
  return 0
}

link_termination() {
  local path=$1 pid=$2
  termination_target "$path"
  [[ $REPLY == "$path" ]] && return
  path_inside "/proc/$pid/root" "${path%/*}" make && ln -s -- /.interlink-termination-log "$REPLY/${path##*/}" && return
  runtime_error="cannot make terminationMessagePath $path in the container"
  return 1
}

# A field of CSV holds any text: https://apptainer.org/docs/user/latest/bind_paths_and_mounts.html#mount-examples
add_mount() {
  local double='""' text
  text="type=bind,\"source=${1//\"/$double}\",\"destination=${2//\"/$double}\""
  [[ $3 == ro ]] && text+=,ro
  words+=(--mount "$text")
}

# The volumes, a folder before what is mounted in it. What leads into a volume by subPath is noted: see check_sub_paths.
add_volumes() {
  local name=$1 folder=$2 i source order
  : >"$folder/sub-paths"
  for i in "${!mount_container[@]}"; do
    [[ ${mount_container[i]} == "$name" ]] || continue
    printf '%s %s\0' "${mount_target[i]//[!\/]/}" "$i"
  done | sort -z -s >"$folder/mounts"
  mapfile -d '' -t order <"$folder/mounts"
  for i in "${order[@]#* }"; do
    source=${mount_source[i]}
    if [[ -n ${mount_sub_path[i]} ]]; then
      if ! sub_path_identity "${mount_base[i]}" "$source"; then
        runtime_error="failed to prepare subPath for volumeMount \"${mount_volume[i]}\" of container \"$name\""
        return 1
      fi
      printf '%s %s\0' "$REPLY" "${mount_target[i]}" >>"$folder/sub-paths"
    fi
    if ! [[ -e $source ]]; then
      runtime_error="volume ${mount_volume[i]} is not there on $pod_node: $source"
      return 1
    fi
    add_mount "$source" "${mount_target[i]}" "${mount_mode[i]}"
  done
}

# A container that shares the volume may have put a link where the folder was, after it was looked at and before it was mounted. Nothing
# of this container has run yet: what is mounted must be what was looked at.
check_sub_paths() {
  local folder=$1 pid=$2 each all
  mapfile -d '' -t all <"$folder/sub-paths"
  for each in "${all[@]}"; do
    path_inside "/proc/$pid/root" "${each#* }" && [[ $(stat -c %d:%i -- "$REPLY") == "${each%% *}" ]] && continue
    runtime_error="a subPath below ${each#* } changed while it was mounted"
    return 1
  done
}

# With a root file system on disk where the node can do that: a kernel of before 5.11, or a disk that is none of its own, can't.
start_instance() {
  local name=$1 root_in=disk
  [[ -e $apptainer_folder/no-overlay ]] && root_in=memory
  start_with_script "$@" && return
  [[ $runtime_error == *overlay* && $root_in == disk && -z ${apptainer_read_only[$name]-} ]] || return
  mkdir -- "$apptainer_folder/no-overlay" 2>/dev/null &&
    add_event Warning RootFilesystemInMemory '' \
      "What containers write outside of their volumes is kept in memory, and may not be much: $runtime_error"
  root_in=memory runtime_error=''
  start_with_script "$@"
}

# An instance runs its image's start script. That of an image from a registry is Apptainer's own and does nothing, but needs a shell; that
# of another image is code, which has no business before this container's volumes are checked. Without one, an instance of Apptainer 1.4
# is now and then gone right after its start, on a busy node: it is looked at for a while, and started again.
start_with_script() {
  local name=$1 folder=$3 start_script=none tries
  if [[ -n $has_oci_config ]]; then
    start_script=image
    launch_instance "$@" && stays_alive "$folder" 3 && return
    [[ $runtime_error == *startscript* || -z $runtime_error ]] || return
    start_script=none runtime_error=''
  fi
  for tries in 1 2 3; do
    launch_instance "$@" || return
    stays_alive "$folder" 25 && return
  done
  runtime_error='the instance of Apptainer has ended right after its start'
  return 1
}

# Whether an instance is still there after a number of looks, 20 ms apart.
stays_alive() {
  local pid looks=$2
  pid=$(<"$1/pid")
  while ((looks > 0)); do
    is_instance "$pid" || return
    looks=$((looks - 1))
    sleep 0.02
  done
}

# Leaves its first process in $folder/pid. Status 1: runtime_error says why.
launch_instance() {
  local name=$1 number=$2 folder=$3 image=$4 words output
  instance_options "$name" "$number" "$folder" || return
  if ! output=$(
    exec 2>&1 </dev/null {bus}>&-
    clear_exported_except
    apptainer_environment
    exec "$apptainer_path" -s instance start "${words[@]}" "$image" "$name.$number"
  ); then
    apptainer_complaint "$output"
    runtime_error=$REPLY
    return 1
  fi
  instance_pid "$name.$number"
  printf '%s' "$REPLY" >"$folder/pid"
}

# REPLY: the first process of an instance, from Apptainer's own record of it.
instance_pid() {
  local file text
  REPLY=''
  for file in "$apptainer_folder"/config/instances/*/*/*/"$1/$1.json"; do
    [[ -r $file ]] || continue
    text=$(<"$file")
    [[ $text =~ \"pid\":[[:space:]]*([0-9]+) ]] && REPLY=${BASH_REMATCH[1]}
  done
}

# Whether a process is the first one of an instance, and not another one that has its number now.
is_instance() {
  local command=''
  [[ -n $1 && -r /proc/$1/cmdline ]] && read -r -d '' command 2>/dev/null <"/proc/$1/cmdline"
  [[ $command == appinit* || $command == sinit* ]]
}

# With its first process end all that are in it. Whoever was ended before he had noted that has Apptainer's own record.
kill_instance() {
  local folder=${1%/} pid
  if [[ -r $folder/pid ]]; then
    pid=$(<"$folder/pid")
  else
    instance_pid "${folder##*/}"
    pid=$REPLY
  fi
  is_instance "$pid" && kill -KILL "$pid" 2>/dev/null
  return 0
}

# An instance that was on its way when its creation was given up is in no record, and no child of ours any more: it goes by the folder
# that all of this pod's Apptainer have in their environment. What it has begun meanwhile goes the next time.
kill_unrecorded() {
  local left=100 quiet=0 file files
  # One that is just becoming another program shows no environment at that moment.
  while ((left > 0 && quiet < 2)); do
    mapfile -t files < <(grep -alF "APPTAINER_CONFIGDIR=$1/config" /proc/[0-9]*/environ 2>/dev/null)
    quiet=$((${#files[@]} == 0 ? quiet + 1 : 0))
    for file in "${files[@]}"; do
      file=${file#/proc/}
      kill -KILL "${file%%/*}" 2>/dev/null
    done
    pause 20
    ((left -= 1))
  done
}
