# --- runtime none: the command as a process of the account ----------------------------------------------------------------
# No image, no isolation. The environment is the pod's over PATH, HOME, TMPDIR, INTERLINK_TERMINATION_LOG and one
# INTERLINK_VOLUME_<NAME> per mounted volume; mountPath is not honoured.

runtime_prepare_pod() {
  printf '%s' "$none_launcher" >"$scratch_folder/.launcher.pl"
  mkdir -p -- "$scratch_folder/.home" "$scratch_folder/.tmp"
}

runtime_pull() {
  runtime_image_id=''
}

runtime_create() {
  local folder
  container_folder "$1"
  folder=$REPLY
  if ! [[ -e $folder/command ]]; then
    runtime_error="container $1 has no command, and without a runtime there is no image to take one from"
    return 1
  fi
  none_environment "$1" "$2"
  ((${#environment[@]} > 0)) && printf '%s\0' "${environment[@]}" >"$job_folder/$1.environment"
}

runtime_run() {
  local mpi_words
  none_words "$1"
  none_environment "$1" "$2"
  mpi_words_of "$1"
  # mpiexec hands the words on.
  words=("${mpi_words[@]}" "${words[@]}")
  none_check "${words[0]}" || start_failed "exec: \"${words[0]}\": $none_problem"
  none_folder "$1"
  become_container none_become "$job_folder/$1.environment" "$REPLY" "$scratch_folder/.home" "${words[@]}"
}

# What another process runs by itself: the same way into the same environment.
runtime_enter() {
  none_folder "$1"
  printf '#!%s\numask 022\n' "$BASH"
  if [[ -n $perl_path ]]; then
    printf 'exec %q %q' "$perl_path" "$scratch_folder/.launcher.pl"
  else
    declare -f none_become
    printf 'perl_path= none_become'
  fi
  printf ' %q %q %q "$@"\n' "$job_folder/$1.environment" "$REPLY" "$scratch_folder/.home"
}

# The leader alone hears a signal, as in a container; KILL is for all that it has begun.
runtime_signal() {
  if [[ $3 == KILL ]]; then
    kill -KILL -- "-${leader_pid[$1]}" 2>/dev/null
  else
    kill -s "$3" "${leader_pid[$1]}" 2>/dev/null
  fi
  return 0
}

# The leader's group has ended with it.
runtime_remove() {
  return 0
}

runtime_cleanup_pod() {
  return 0
}

# words: the container's command and args.
none_words() {
  local command
  container_folder "$1"
  read_words "$REPLY/command"
  command=("${words[@]}")
  read_words "$REPLY/args"
  words=("${command[@]}" "${words[@]}")
}

# environment: NAME=value, of which the last of a name counts; none_path: its PATH.
none_environment() {
  local name=$1 i volume words each
  environment=(
    PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
    "HOME=$scratch_folder/.home"
    "TMPDIR=$scratch_folder/.tmp"
    "INTERLINK_TERMINATION_LOG=$pod_folder/containers/$name/$2/termination"
  )
  [[ -n $proxy_config ]] && environment+=("LD_PRELOAD=$proxy_library" "TSOCKS_CONF_FILE=$proxy_config")
  for i in "${!mount_container[@]}"; do
    [[ ${mount_container[i]} == "$name" ]] || continue
    volume=${mount_volume[i]^^}
    environment+=("INTERLINK_VOLUME_${volume//-/_}=${mount_source[i]}")
  done
  container_folder "$name"
  read_words "$REPLY/env" && environment+=("${words[@]}")
  for each in "${environment[@]}"; do [[ $each == PATH=* ]] && none_path=${each#PATH=}; done
}

# REPLY: workingDir where there is such a folder, else the pod's scratch.
none_folder() {
  REPLY=${container_working_dir[$1]-}
  [[ -n $REPLY && -d $REPLY ]] || REPLY=$scratch_folder/.home
}

# Whether a command can be run, by the container's PATH; none_problem: why not, as containerd puts it.
none_check() {
  local program=$1
  none_problem='no such file or directory'
  if [[ $program != */* ]]; then
    none_problem='executable file not found in $PATH'
    program=$(PATH=$none_path type -P -- "$1") || return
  fi
  [[ -e $program ]] || return
  none_problem='permission denied'
  [[ -f $program && -x $program ]]
}

# none_become FILE FOLDER INSTEAD WORD…: becomes a command, with the environment of a file and nothing else. Values reach it through
# this process' own memory, never as arguments, which everybody on the node can read.
none_become() {
  local file=$1 folder=$2 instead=$3 each name environment program
  if [[ -n $perl_path ]]; then
    exec "$perl_path" "$scratch_folder/.launcher.pl" "$@"
  fi
  shift 3
  mapfile -d '' -t environment <"$file"
  cd -- "$folder" 2>/dev/null || cd -- "$instead" || exit 126
  # bash can't hand on a name that is none of its own.
  for name in $(compgen -e); do unset "$name" 2>/dev/null || export -n "$name"; done
  # As Docker has it, and the launcher.
  [[ -t 0 ]] && export TERM=xterm
  for each in "${environment[@]}"; do
    name=${each%%=*}
    [[ $name =~ ^[A-Za-z_][A-Za-z_0-9]*$ ]] && export "$each"
  done
  program=$(type -P -- "$1") || { printf 'exec: "%s": not found\n' "$1" >&2; exit 127; }
  exec -a "$1" "$program" "${@:2}"
}
