# --- runtime enroot: a container for each attempt, unpacked from an image file ----------------------------------------------
# As enroot's manual has it: https://github.com/NVIDIA/enroot/tree/master/doc. Rendered: enroot_path, enroot_hostname,
# enroot_host_lines, enroot_options (words of `enroot start`); by container: enroot_uri, enroot_gpus, enroot_read_only. On the node:
# $scratch_folder/.enroot, a folder for each attempt in it. A container sees the node's processes, and has its host name.
enroot_folder=''

runtime_prepare_pod() {
  local version
  if ! version=$("$enroot_path" version 2>&1 </dev/null); then
    runtime_error="cannot run $enroot_path on $pod_node: ${version##*: }"
    return 1
  fi
  log_line "enroot $version on $pod_node"
  enroot_folder=$scratch_folder/.enroot
  mkdir -p -- "$enroot_folder"/{config,cache,data,run,tmp,home} || return
  {
    printf '# Kubernetes-managed hosts file.\n127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n'
    printf '%s\t%s\n' "$pod_ip" "$enroot_hostname"
    printf '%s' "$enroot_host_lines"
  } >"$enroot_folder/hosts"
}

# Enroot's own environment: its folders are this job's, and nothing of the account's reaches a container through it.
enroot_environment() {
  export PATH HOME=$enroot_folder/home
  export ENROOT_CONFIG_PATH=$enroot_folder/config ENROOT_CACHE_PATH=$enroot_folder/cache ENROOT_DATA_PATH=$enroot_folder/data
  export ENROOT_RUNTIME_PATH=$enroot_folder/run ENROOT_TEMP_PATH=$enroot_folder/tmp ENROOT_MOUNT_HOME=no ENROOT_REMAP_ROOT=no
}

runtime_pull() {
  local name=$1 image_file image_entry
  obtain_image "$name" || return
  [[ -z $runtime_image_id ]] && runtime_image_id=${enroot_uri[$name]}
  printf '%s' "$image_file" >"$enroot_folder/$name.image"
}

runtime_create() {
  local name=$1 number=$2 folder=$enroot_folder/$1.$2 output
  mkdir -p -- "$folder" || return
  if ! output=$(
    exec 2>&1 </dev/null {bus}>&-
    clear_exported_except
    enroot_environment
    exec "$enroot_path" create --name "$name.$number" -- "$(<"$enroot_folder/$name.image")"
  ); then
    enroot_complaint "$output"
    runtime_error=$REPLY
    return 1
  fi
  write_enroot_rc "$name" "$folder" "$enroot_folder/data/$name.$number/etc/rc" && write_enroot_conf "$name" "$number" "$folder"
}

runtime_run() {
  local name=$1 number=$2 folder=$enroot_folder/$1.$2 words mpi_words start=(--rc "$enroot_folder/$1.$2/rc" --conf "$enroot_folder/$1.$2/conf")
  local leader_file=$folder/pid
  read_words "$folder/words"
  [[ -z ${enroot_read_only[$name]-} ]] && start+=(--rw)
  mpi_words_of "$name"
  if ((${#mpi_words[@]} > 0)); then
    clear_exported_except 'SLURM*' 'PMI*' 'OMPI*' 'UCX*' 'I_MPI*' 'HYDRA*'
  else
    clear_exported_except
  fi
  enroot_environment
  become_container exec "${mpi_words[@]}" "$enroot_path" start "${start[@]}" "${enroot_options[@]}" -- "$name.$number" "${words[@]}"
}

# The command takes the environment of the process that it joins. Of the attempt that is being created: `number`.
runtime_enter() {
  printf '#!%s\numask 022\n' "$BASH"
  declare -f clear_exported_except enroot_environment
  printf '%s=%q\n' enroot_folder "$enroot_folder" PATH "$PATH"
  printf 'clear_exported_except\nenroot_environment\n'
  printf 'pid=$(<%q) terminal=()\n' "$enroot_folder/$1.$number/pid"
  printf '[[ -t 0 ]] && ! grep -qz "^TERM=" "/proc/$pid/environ" 2>/dev/null && terminal=(--env TERM=xterm)\n'
  printf 'exec %q exec "${terminal[@]}" "$pid" "$@"\n' "$enroot_path"
}

# What was started has become the container's process.
runtime_signal() {
  if [[ $3 == KILL ]]; then
    kill -KILL -- "-${leader_pid[$1]}" 2>/dev/null
  else
    kill -s "$3" "${leader_pid[$1]}" 2>/dev/null
  fi
  return 0
}

# Also in the guard, which began before anything was prepared. Files that can't be written, by their folder's mode, go too.
runtime_remove() {
  local folder=$scratch_folder/.enroot
  chmod -R u+rwX -- "$folder/data/$1.$2" 2>/dev/null
  rm -rf -- "$folder/data/$1.$2" "$folder/$1.$2"
}

runtime_cleanup_pod() {
  release_locks
  chmod -R u+rwX -- "$scratch_folder/.enroot/data" 2>/dev/null
  return 0
}
