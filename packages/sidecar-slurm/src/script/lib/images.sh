# --- images: made present one after another, in the containers' order -----------------------------------------------------
tend_pulls() {
  local name
  for name in "${container_names[@]}"; do is_busy "$name" pull && return; done
  for name in "${container_names[@]}"; do
    [[ -n ${is_pulled[$name]-} ]] && continue
    if ((${retry_at[$name]:-0} <= now)); then
      begin_task "$name" pull pull_image "$name"
      return
    fi
    wake_at "${retry_at[$name]}"
    show_pull_back_off "$name"
  done
}

pull_image() {
  local name=$1 runtime_error='' runtime_reason='' runtime_image_id=''
  if runtime_pull "$name"; then
    task_text=$runtime_image_id
  else
    task_text="${runtime_reason:-ErrImagePull} $runtime_error"
    return 1
  fi
}

pulled() {
  local name=$1 status=$2 text=$3
  if ((status == 0)); then
    is_pulled[$name]=1 image_id[$name]=$text retry_at[$name]=0 problem_count[$name]=0
    forget_logins
    return
  fi
  note_problem "$name"
  pull_reason[$name]=${text%% *} pull_message[$name]=${text#* } is_pull_told[$name]=''
  set_waiting "$name" "${pull_reason[$name]}" "${pull_message[$name]}"
  add_event Warning Failed "$name" "Failed to pull image \"${container_image[$name]}\": ${pull_message[$name]}"
  add_event Warning Failed "$name" "Error: ${pull_reason[$name]}"
}

show_pull_back_off() {
  local name=$1 image=${container_image[$1]} shown=$((problem_at[$1] + pull_error_shown_ms))
  [[ ${pull_reason[$name]} == ErrImagePull && -z ${is_pull_told[$name]} ]] || return
  if ((shown > now)); then
    wake_at "$shown"
    return
  fi
  is_pull_told[$name]=1
  set_waiting "$name" ImagePullBackOff "Back-off pulling image \"$image\": ErrImagePull: ${pull_message[$name]}"
  add_event Normal BackOff "$name" "Back-off pulling image \"$image\""
  add_event Warning Failed "$name" 'Error: ImagePullBackOff'
}

# Logins are there for as long as an image has to be pulled.
forget_logins() {
  local name
  for name in "${container_names[@]}"; do [[ -z ${is_pulled[$name]-} ]] && return; done
  rm -f -- "$pod_folder"/auth.json "$pod_folder"/auth-*.json
}
