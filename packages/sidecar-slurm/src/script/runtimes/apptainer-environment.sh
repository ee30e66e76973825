# --- Apptainer's environments ----------------------------------------------------------------------------------------------
# The launcher's own: nothing of the account's reaches a container through it. It finds its helpers by the job's PATH.
apptainer_environment() {
  export PATH HOME=$apptainer_home USER=${USER-} LOGNAME=${LOGNAME-}
  export APPTAINER_CONFIGDIR=$apptainer_folder/config SINGULARITY_CONFIGDIR=$apptainer_folder/config
}

# The container's: a file of assignments that Apptainer reads last when it starts something in the container. It has no other way
# to give an empty value where the image has one, HOME, or LD_LIBRARY_PATH as it is. Single quotes mean the same to every shell.
write_environment() {
  local name=$1 file=$2 words each variable
  declare -A seen=()
  container_folder "$name"
  read_words "$REPLY/env"
  apptainer_path_inside=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
  {
    # Each of these says something of this node or of Apptainer.
    printf 'unset LD_LIBRARY_PATH SINGULARITY_BIND APPTAINER_BIND SINGULARITY_NO_EVAL APPTAINER_NO_EVAL APPTAINER_APPNAME\n'
    for each in "PATH=$apptainer_path_inside" "HOME=$apptainer_home" "HOSTNAME=$apptainer_hostname" \
      "${oci_env[@]}" "${words[@]}"; do
      variable=${each%%=*}
      is_variable "$variable" || continue
      [[ $variable == PATH ]] && apptainer_path_inside=${each#PATH=}
      seen[$variable]=${each#*=}
      assign "$variable" "${each#*=}"
    done
    add_node_variables "$name"
  } >"$file"
}

# Names that Apptainer's interpreter takes, and its own that it does not let go: see src/script/runtimes/refused-variables.ts.
is_variable() {
  [[ $1 =~ ^[A-Za-z_][A-Za-z0-9_]*$ ]] || return
  case $1 in
    APPTAINER_NAME | APPTAINER_CONTAINER | APPTAINER_INSTANCE | UID | GID | EUID | PPID | OPTIND | IFS | PWD) return 1 ;;
  esac
}

# What the pod leaves open, and the node knows: its GPUs as Slurm has given them, the way through the login node.
add_node_variables() {
  local variable
  if [[ -n ${apptainer_gpus[$1]-} ]]; then
    for variable in CUDA_VISIBLE_DEVICES ROCR_VISIBLE_DEVICES HIP_VISIBLE_DEVICES GPU_DEVICE_ORDINAL ZE_AFFINITY_MASK; do
      [[ -n ${!variable-} && -z ${seen[$variable]+there} ]] && assign "$variable" "${!variable}"
    done
    assign LD_LIBRARY_PATH "${seen[LD_LIBRARY_PATH]:+${seen[LD_LIBRARY_PATH]}:}/.singularity.d/libs"
  fi
  if [[ -n $proxy_config ]]; then
    assign LD_PRELOAD "$apptainer_proxy_target/library.so${seen[LD_PRELOAD]:+:${seen[LD_PRELOAD]}}"
    assign TSOCKS_CONF_FILE "$apptainer_proxy_target/tsocks.conf"
  fi
}
