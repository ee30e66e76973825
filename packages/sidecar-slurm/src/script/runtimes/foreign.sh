# --- runtime foreign: a script of the site's that runs all containers by itself -------------------------------------------
# It is started once, in the folder foreign_folder, and tells there how the containers do, by files that have the names of the Slurm
# plugin's: run-NAME.out is a container's output, run-NAME.status its exit code once it has ended; init-NAME.out and init-NAME.status
# are an init container's. Beside that folder: script.pid, its process group while it runs; script.exit, its exit code.
foreign_folder=''
declare -A foreign_told=()

runtime_prepare_pod() {
  local name
  foreign_folder=$job_folder/script
  runtime_error="cannot make a folder in $job_folder"
  rm -rf -- "$foreign_folder" "$job_folder/script.pid" "$job_folder/script.exit" && mkdir -- "$foreign_folder" || return
  for name in "${container_names[@]}"; do foreign_mounts "$name" || return; done
  foreign_start
  runtime_error=''
}

# The script knows of images.
runtime_pull() {
  runtime_image_id=''
}

runtime_create() {
  return 0
}

# Hands the container's output on until it has ended, and ends with its code. TERM is for the script, whose end this has to see.
runtime_run() {
  local waiter files=run-$1
  [[ ${container_kind[$1]} == init ]] && files=init-$1
  trap '' TERM INT HUP
  container_starts "$BASHPID"
  foreign_await "$1" "$files.status" &
  waiter=$!
  # Of a process that is gone, tail still reads what is left.
  tail -q -c +1 -s 0.2 -F --pid="$waiter" -- "$foreign_folder/$files.out" 2>/dev/null
  wait "$waiter"
  exit
}

runtime_enter() {
  local text="container $1 is run by the script of this site (JobScriptBuilderURL, JobScriptTemplate): there is no way into it"
  printf '#!%s\nprintf "%%s\\n" %q >&2\nexit 126\n' "$BASH" "$text"
}

# All containers are the script's: it hears once that it is to end, whoever of them is meant.
runtime_signal() {
  [[ $3 != KILL && -n ${foreign_told[$3]-} ]] && return
  foreign_told[$3]=1
  foreign_signal "$3"
}

runtime_remove() {
  return 0
}

# What the script does after its containers, such as to copy results away, belongs to the job. The guard does not wait.
runtime_cleanup_pod() {
  [[ $BASHPID == "$$" ]] && foreign_await_end
  foreign_signal KILL
}

# containers/NAME/mounts: SOURCE:TARGET:ro or :rw, as words; all are there, and lead nowhere else, before the script begins.
foreign_mounts() {
  local i
  if ! check_mounts "$1"; then
    runtime_error=${task_text#* }
    return 1
  fi
  container_folder "$1"
  for i in "${!mount_container[@]}"; do
    [[ ${mount_container[i]} == "$1" ]] && printf '%s\0' "${mount_source[i]}:${mount_target[i]}:${mount_mode[i]}"
  done >"$REPLY/mounts"
  return 0
}

foreign_start() {
  (
    local pid code
    leave_lifecycle
    exec {bus}>&-
    # Whatever ends the script, somebody must be left who writes its exit code down.
    trap '' TERM INT HUP
    set -m
    (foreign_become) &
    pid=$!
    wait "$pid"
    code=$?
    kill -KILL -- "-$pid" 2>/dev/null
    rm -f -- "$job_folder/script.pid"
    write_file "$job_folder/script.exit" "$code"$'\n'
  ) </dev/null >&2 &
  disown
  until [[ -e $job_folder/script.pid || -e $job_folder/script.exit ]]; do pause 10; done
}

# Takes the place of this subshell. What the script says by itself is in slurm.out, as what is said by this one.
foreign_become() {
  trap - TERM INT HUP
  set +m
  foreign_environment
  printf '%s\n' "$BASHPID" >"$job_folder/script.pid"
  umask 022
  cd -- "$foreign_folder" && exec "$BASH" "$pod_folder/script.sh"
}

# On top of the job's own.
foreign_environment() {
  local name each of_containers='' of_init=''
  unset TZ
  for name in "${container_names[@]}"; do
    if [[ ${container_kind[$name]} == init ]]; then of_init+="$name "; else of_containers+="$name "; fi
    each=${name^^}
    each=${each//-/_}
    export "IMAGE_$each=${container_image[$name]}"
    [[ -n ${container_working_dir[$name]-} ]] && export "WORKING_DIR_$each=${container_working_dir[$name]}"
  done
  export POD_NAME=$pod_name POD_NAMESPACE=$pod_namespace POD_UID=$pod_uid POD_IP=$pod_ip POD_FOLDER=$pod_folder
  export INIT_CONTAINERS=${of_init% } CONTAINERS=${of_containers% }
  # As the Slurm plugin calls it.
  export SANDBOX=$foreign_folder workingPath=$foreign_folder
  [[ -n $proxy_config ]] && export LD_PRELOAD=$proxy_library TSOCKS_CONF_FILE=$proxy_config
  return 0
}

foreign_signal() {
  local pid=''
  { read -r pid <"$job_folder/script.pid"; } 2>/dev/null
  [[ -n $pid ]] && kill -s "$1" -- "-$pid" 2>/dev/null
  return 0
}

# Ends with the container's exit code.
foreign_await() {
  local read_end write_end
  open_pipe
  until foreign_code "$1" "$2"; do read -r -t 0.2 -u "$read_end"; done
  exit "$REPLY"
}

# REPLY: how a container has ended; status 1: it has not. What it left no word of has ended as the script has.
foreign_code() {
  local name=$1 file=$2 code
  foreign_read "$name" "$file" && return
  if [[ -e $job_folder/script.exit ]]; then
    # Whatever was written before the script's end is there by now.
    foreign_read "$name" "$file" && return
    read -r code <"$job_folder/script.exit"
    ((code == 0)) || add_event Warning JobScriptFailed "$name" "the script of this site ended with exit code $code and has written no $file"
    REPLY=$code
    return 0
  fi
  # A script that says nothing of init containers is through with them once others have begun.
  [[ ${container_kind[$name]} == init ]] || return
  for file in "$foreign_folder"/run-*; do
    REPLY=0
    [[ -e $file ]] && return
  done
  return 1
}

# REPLY: the code in a status file; status 1: it is not there, or is being written.
foreign_read() {
  local text=''
  [[ -f $foreign_folder/$2 ]] || return
  { read -r text <"$foreign_folder/$2"; } 2>/dev/null
  [[ -n $text ]] || return
  if [[ $text =~ ^[0-9]{1,3}$ ]] && ((10#$text < 256)); then
    REPLY=$((10#$text))
  else
    add_event Warning InvalidExitCode "$1" "$2 says \"${text:0:100}\": an exit code from 0 to 255 is wanted"
    REPLY=1
  fi
}

# Until the script has ended, or there is no more time for it. Whoever asks the job to end now asks the script.
foreign_await_end() {
  local limit=$pod_kill_at
  [[ $pod_end == finished ]] && limit=$deadline_at
  while [[ -e $job_folder/script.pid ]]; do
    now_ms
    [[ -n $limit ]] && ((limit <= now)) && return
    if read_bus -t 0.2 && [[ $REPLY == term* ]]; then
      foreign_signal TERM
      limit=$((now + grace_seconds * second_ms))
    fi
  done
  return 0
}
