# --- folders that live as long as the job ----------------------------------------------------------------------------------
# scratch_folder: the script's own, on the node; volume_folder: emptyDirs; memory_folder: emptyDirs in memory; job_folder: small files
# that others find by the pod's folder.
scratch_folder='' volume_folder='' memory_folder='' job_folder=''

make_folders() {
  local volume place=${node_folder:-${SLURM_TMPDIR:-${TMPDIR:-/tmp}}}
  job_folder=$pod_folder/job
  sweep_scratch "$place"
  runtime_error="cannot make a folder in $place"
  scratch_folder=$(mktemp -d "$place/interlink-$pod_uid.XXXXXX") && own_scratch "$scratch_folder" || return
  printf '%s' "$log_writer_program" >"$scratch_folder/.log-writer.pl" || return
  runtime_error="cannot make a folder in $pod_folder"
  mkdir -p -- "$job_folder" || return
  make_volume_folder || return
  if ((${#memory_volumes[@]} > 0)); then
    runtime_error='cannot make a folder in /dev/shm'
    memory_folder=$(mktemp -d "/dev/shm/interlink-$pod_uid.XXXXXX") || return
  fi
  runtime_error='cannot make the folders of the emptyDirs'
  for volume in "${scratch_volumes[@]}"; do mkdir -m 0777 -- "$volume_folder/$volume" || return; done
  for volume in "${memory_volumes[@]}"; do mkdir -m 0777 -- "$memory_folder/$volume" || return; done
  place_mounts
  keep_images_here
  runtime_error=''
}

# The site names a place on the node, maybe by a variable of the job's; else they are in the pod's folder.
make_volume_folder() {
  local place=$scratch_path
  volume_folder=$job_folder/volumes
  if [[ -z $scratch_variable$scratch_path ]]; then
    rm -rf -- "$volume_folder"
    mkdir -p -- "$volume_folder"
    return
  fi
  if [[ -n $scratch_variable ]]; then
    runtime_error="Slurm.ScratchFolder begins with \$$scratch_variable, which the job does not have"
    [[ -n ${!scratch_variable-} ]] || return
    place=${!scratch_variable}$scratch_path
  fi
  runtime_error="cannot make a folder in $place (Slurm.ScratchFolder)"
  volume_folder=$(mktemp -d "$place/interlink-$pod_uid.XXXXXX")
}

remove_folders() {
  local folder
  for folder in "$scratch_folder" "$volume_folder" "$memory_folder" "$job_folder"; do
    [[ -n $folder ]] && remove_tree "$folder"
  done
  return 0
}

# What a container has made unwritable is its own.
remove_tree() {
  { rm -rf -- "$1" || { chmod -R u+rwX -- "$1" && rm -rf -- "$1"; }; } 2>/dev/null
}
