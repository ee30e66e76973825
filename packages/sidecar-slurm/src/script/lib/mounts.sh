# --- mounts: where each of a container's volumes lies ----------------------------------------------------------------------
# mount_source, by the number of the mount: mount_place says below what mount_path is, mount_sub_path what part of it is meant.
mount_source=() mount_base=()

place_mounts() {
  local i
  for i in "${!mount_place[@]}"; do
    case ${mount_place[i]} in
      pod-folder) mount_source[i]=$pod_folder/${mount_path[i]} ;;
      scratch) mount_source[i]=$volume_folder/${mount_path[i]} ;;
      memory) mount_source[i]=$memory_folder/${mount_path[i]} ;;
      host) mount_source[i]=${mount_path[i]} ;;
    esac
    mount_base[i]=${mount_source[i]}
    # Below a path of the administrator's it is as with a subPath: whoever writes there can put links in the way.
    [[ -n ${mount_below[i]} ]] && mount_sub_path[i]=${mount_below[i]}${mount_sub_path[i]:+/${mount_sub_path[i]}}
    [[ -n ${mount_sub_path[i]} ]] && mount_source[i]+=/${mount_sub_path[i]}
  done
  return 0
}

# What a hostPath has to be: https://kubernetes.io/docs/concepts/storage/volumes/#hostpath-volume-types. In the task, too.
check_host_path() {
  local i=$1 path=${mount_base[$1]} wanted='' REPLY
  [[ -n ${mount_below[i]} ]] && path+=/${mount_below[i]}
  case ${mount_type[i]} in
    DirectoryOrCreate) return 0 ;;
    FileOrCreate)
      [[ -e $path ]] && wanted=file || { [[ $(realpath -m -- "$path") == "$(realpath -e -- "${mount_base[i]}")"/* ]] && : >>"$path"; }
      ;;
    Directory) wanted=directory ;;
    File) wanted=file ;;
    Socket) wanted='socket file' ;;
    CharDevice) wanted='character device' ;;
    BlockDevice) wanted='block device' ;;
  esac 2>/dev/null
  case $wanted in
    '') [[ -e $path ]] && return ;;
    directory) [[ -d $path ]] && return ;;
    file) [[ -f $path ]] && return ;;
    'socket file') [[ -S $path ]] && return ;;
    'character device') [[ -c $path ]] && return ;;
    'block device') [[ -b $path ]] && return ;;
  esac
  task_text="CreateContainerError volume \"${mount_volume[i]}\": hostPath type check failed: $path is not a ${wanted:-file or directory}"
  return 1
}

# A subPath that is not there is made; a link in it must not lead out of its volume. In the task that creates an attempt.
check_mounts() {
  local i base real
  for i in "${!mount_container[@]}"; do
    [[ ${mount_container[i]} == "$1" ]] || continue
    [[ ${mount_place[i]} != host ]] || check_host_path "$i" || return
    [[ -n ${mount_sub_path[i]} ]] || continue
    base=$(realpath -e -- "${mount_base[i]}" && printf .) || base=''
    base=${base%$'\n.'}
    # Not one folder is made outside: what is there of the path is looked at before.
    real=$(realpath -m -- "${mount_source[i]}" && printf .) || real=''
    real=${real%$'\n.'}
    if [[ -z $base || $real != "$base"/* ]] || ! { [[ -e $real ]] || make_below "$base" "${real#"$base"/}"; }; then
      [[ -n ${mount_below[i]} && $real != "$base"/* ]] && task_text="CreateContainerError volume \"${mount_volume[i]}\": ${mount_source[i]} leads out of ${mount_base[i]}" && return 1
      task_text="CreateContainerConfigError failed to prepare subPath for volumeMount \"${mount_volume[i]}\" of container \"$1\""
      return 1
    fi
    mount_source[i]=$real
  done
  return 0
}

# Makes folders below BASE, each from inside of the one before: one that a container swaps for a link meanwhile is entered and known, and
# nothing is made where it leads.
make_below() {
  (
    cd -P -- "$1" && base=$PWD rest=$2/ || exit
    while [[ -n $rest ]]; do
      part=${rest%%/*} rest=${rest#*/}
      [[ -d ./$part ]] || mkdir -- "./$part"
      cd -P -- "./$part" && [[ $PWD == "$base"/* ]] || exit
    done
  ) 2>/dev/null
}
