# --- runtime apptainer: an instance for each attempt, and its process in it ------------------------------------------------
# Rendered: apptainer_path, apptainer_hostname, apptainer_host_lines, apptainer_options (words for every instance), apptainer_prefix
# (words before the program that runs the process); by container: apptainer_gpus (nvidia, amd), apptainer_read_only. On the node: $scratch_folder/.apptainer, a folder for each attempt in it.
apptainer_folder='' apptainer_home='' apptainer_has_authfile=''
apptainer_proxy_target=/.interlink-proxy

runtime_prepare_pod() {
  local version
  if ! version=$("$apptainer_path" --version 2>&1 </dev/null); then
    runtime_error="cannot run $apptainer_path on $pod_node: ${version##*: }"
    return 1
  fi
  log_line "$version on $pod_node"
  apptainer_folder=$scratch_folder/.apptainer apptainer_home=${HOME-}
  [[ $apptainer_home == /?* ]] || apptainer_home=/home/${USER:-user}
  mkdir -p -- "$apptainer_folder/config" "$apptainer_folder/home" || return
  : >"$apptainer_folder/empty"
  printf '{"auths":{}}\n' >"$apptainer_folder/no-logins.json"
  [[ $("$apptainer_path" pull --help 2>/dev/null) == *--authfile* ]] && apptainer_has_authfile=1
  # As the kubelet writes it; there is one network, the node's.
  {
    printf '# Kubernetes-managed hosts file.\n127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n'
    printf '%s\t%s\n' "$pod_ip" "$apptainer_hostname"
    printf '%s' "$apptainer_host_lines"
  } >"$apptainer_folder/hosts"
}

runtime_pull() {
  local name=$1 image_file image_entry
  obtain_image "$name" || return
  # The machine's own number for it says more than nothing.
  [[ -z $runtime_image_id ]] && runtime_image_id=${image_uri[$name]}
  printf '%s\0%s\0' "$image_file" "$image_entry" >"$apptainer_folder/$name.image"
}

runtime_create() {
  local name=$1 number=$2 words image has_oci_config='' folder=$apptainer_folder/$1.$2
  read_words "$apptainer_folder/$name.image"
  image=("${words[@]}")
  mkdir -p -- "$folder/work" "$folder/home" "$folder/root/upper" "$folder/root/work" || return
  [[ -n ${image[1]} ]] || image_describe "${image[0]}" "$folder"
  read_oci_config "${image[1]:-$folder}/config" && has_oci_config=1
  write_environment "$name" "$folder/environment.sh"
  container_words "$name" "$folder" || return
  start_instance "$name" "$number" "$folder" "${image[0]}" || return
  local pid
  pid=$(<"$folder/pid")
  check_sub_paths "$folder" "$pid" && link_termination "${container_termination_path[$name]}" "$pid" &&
    make_working_folder "$folder" "$pid" && return
  kill_instance "$folder"
  return 1
}

# Kubernetes' command replaces ENTRYPOINT and CMD, args replace CMD. An image that has no such configuration has a runscript.
container_words() {
  local name=$1 folder=$2 words command args container
  [[ -n $has_oci_config ]] || oci_entrypoint=(/.singularity.d/runscript)
  container_folder "$name"
  container=$REPLY
  command=("${oci_entrypoint[@]}") args=("${oci_cmd[@]}")
  if read_words "$container/command"; then
    command=("${words[@]}") args=()
  fi
  read_words "$container/args" && args=("${words[@]}")
  command+=("${args[@]}")
  if ((${#command[@]} == 0)); then
    runtime_error='no command specified'
    return 1
  fi
  printf '%s\0' "${command[@]}" >"$folder/words"
  printf '%s' "${container_working_dir[$name]:-${oci_working_dir:-/}}" >"$folder/working-dir"
  printf '%s' "$apptainer_path_inside" >"$folder/path"
  printf '%s' "$oci_stop_signal" >"$folder/stop-signal"
  case $oci_user in
    '' | root | root:* | 0 | 0:* | "$UID" | "$UID":*) ;;
    *) add_event Warning ImageUserNotHonoured "$name" "The image wants to run as user \"$oci_user\"; it runs as the account $UID" ;;
  esac
}

# A working folder that is missing is made, as container runtimes do.
make_working_folder() {
  local folder=$1 pid=$2 wanted
  wanted=$(<"$folder/working-dir")
  [[ $wanted == /* ]] || wanted=/$wanted
  printf '%s' "$wanted" >"$folder/working-dir"
  path_inside "/proc/$pid/root" "$wanted" make && [[ -d $REPLY ]] && return
  runtime_reason=RunContainerError runtime_error="cannot make the working folder $wanted"
  return 1
}

runtime_run() {
  local name=$1 number=$2 folder=$apptainer_folder/$1.$2 words command mpi_words directory program_problem=''
  read_words "$folder/words"
  command=("${words[@]}")
  directory=$(<"$folder/working-dir")
  find_program "/proc/$(<"$folder/pid")/root" "$directory" "$(<"$folder/path")" "${command[0]}" ||
    start_failed "exec: \"${command[0]}\": $program_problem"
  mpi_words_of "$name"
  if ((${#mpi_words[@]} > 0)); then
    clear_exported_except 'SLURM*' 'PMI*' 'OMPI*' 'UCX*' 'I_MPI*' 'HYDRA*'
  else
    clear_exported_except
  fi
  apptainer_environment
  # As Docker has it. The container's own variables come after it.
  [[ -n ${container_tty[$name]-} ]] && export TERM=xterm
  # What mpiexec tells its processes by variables has to reach them.
  words=(--cleanenv)
  ((${#mpi_words[@]} > 0)) && words=()
  become_container exec "${mpi_words[@]}" "${apptainer_prefix[@]}" "$apptainer_path" -s exec --no-eval "${words[@]}" --pwd "$directory" \
    "instance://$name.$number" "${command[@]}"
}

# Of the attempt that is being created: `number`.
runtime_enter() {
  local folder=$apptainer_folder/$1.$number
  printf '#!%s\numask 022\n' "$BASH"
  declare -f clear_exported_except apptainer_environment path_inside find_program check_program
  printf 'LC_ALL=C\n'
  printf '%s=%q\n' apptainer_folder "$apptainer_folder" apptainer_home "$apptainer_home" PATH "$PATH" USER "${USER-}" LOGNAME "${LOGNAME-}"
  printf 'clear_exported_except\napptainer_environment\n[[ -t 0 ]] && export TERM=xterm\n'
  printf 'if ! find_program %q %q %q "$1"; then\n' "/proc/$(<"$folder/pid")/root" "$(<"$folder/working-dir")" "$(<"$folder/path")"
  printf '  printf '\''exec: "%%s": %%s\\n'\'' "$1" "$program_problem" >&2\n'
  printf '  [[ $program_problem == *"not found"* || $program_problem == "no such"* ]] && exit 127\n  exit 126\nfi\n'
  printf 'exec %q -s exec --no-eval --cleanenv --pwd %q %q "$@"\n' "$apptainer_path" "$(<"$folder/working-dir")" "instance://$1.$number"
}

# The process in the container hears a signal, its launcher only what no process is left for; KILL ends the instance. On its way into the
# container Apptainer swallows signals, or ends as if all were well: they wait until the process is there.
runtime_signal() {
  local leader=${leader_pid[$1]} signal=$3 folder=$apptainer_folder/$1.$2
  if [[ $signal == KILL ]]; then
    kill_instance "$folder"
    kill -KILL -- "-$leader" 2>/dev/null
    return 0
  fi
  [[ $signal == TERM && -z ${container_stop_signal[$1]-} && -s $folder/stop-signal ]] && signal=$(<"$folder/stop-signal")
  # A site's own words before it, or mpiexec, hand signals on by themselves.
  container_folder "$1"
  if ((${#apptainer_prefix[@]} > 0)) || [[ -e $REPLY/mpi-flags ]]; then
    kill -s "$signal" "$leader" 2>/dev/null
  elif has_arrived "$leader"; then
    kill -s "$signal" $REPLY 2>/dev/null
  else
    signal_on_arrival "$leader" "$signal" &
    disown
  fi
  return 0
}

# REPLY: the process that the leader has begun; status 1: there is none, or it is Apptainer still, as its leader is, or is on its way
# through namespaces, where nobody may look at it.
has_arrived() {
  read -r REPLY <"/proc/$1/task/$1/children"
  [[ -n $REPLY ]] || REPLY=$(ps -o pid= --ppid "$1")
  REPLY=${REPLY//[!0-9 ]}
  local exe=/proc/${REPLY%% *}/exe
  [[ -n ${REPLY// } && -e $exe && ! $exe -ef /proc/$1/exe ]]
}

signal_on_arrival() {
  local left=100
  leave_lifecycle
  exec {bus}>&-
  until ((left == 0)) || has_arrived "$1"; do
    [[ -e /proc/$1 ]] || return
    pause 50
    ((left -= 1))
  done
  kill -s "$2" ${REPLY:-"$1"}
} 2>/dev/null

# These two run in the guard, too, which began before anything was prepared.
runtime_remove() {
  local apptainer_folder=$scratch_folder/.apptainer
  local folder=$apptainer_folder/$1.$2
  kill_instance "$folder"
  rm -rf -- "$folder" "$apptainer_folder"/config/instances/*/*/*/"$1.$2"
}

runtime_cleanup_pod() {
  local folder apptainer_folder=$scratch_folder/.apptainer
  release_locks
  for folder in "$apptainer_folder"/*.*/; do kill_instance "$folder"; done
  kill_unrecorded "$apptainer_folder"
}
