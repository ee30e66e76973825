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
    [[ -n ${mount_sub_path[i]} ]] && mount_source[i]+=/${mount_sub_path[i]}
  done
  return 0
}

# A subPath that is not there is made; a link in it must not lead out of its volume. In the task that creates an attempt.
check_mounts() {
  local i base real
  for i in "${!mount_container[@]}"; do
    [[ ${mount_container[i]} == "$1" && -n ${mount_sub_path[i]} ]] || continue
    base=$(realpath -e -- "${mount_base[i]}" && printf .) || base=''
    base=${base%$'\n.'}
    # Not one folder is made outside: what is there of the path is looked at before.
    real=$(realpath -m -- "${mount_source[i]}" && printf .) || real=''
    real=${real%$'\n.'}
    if [[ -z $base || $real != "$base"/* ]] || ! { [[ -e $real ]] || mkdir -p -- "$real"; }; then
      task_text="CreateContainerConfigError failed to prepare subPath for volumeMount \"${mount_volume[i]}\" of container \"$1\""
      return 1
    fi
    mount_source[i]=$real
  done
  return 0
}
