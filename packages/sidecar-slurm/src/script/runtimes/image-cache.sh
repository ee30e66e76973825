# --- image cache: what one job has pulled, no other pulls again -----------------------------------------------------------
# image_cache is a folder that all nodes share; what is in it: src/image/image-cache.ts; image_form: which runtime's files. By container, as planned on the login node:
# image_uri, image_path (an image that is there), image_key (empty: for this pod alone), image_known_id, image_repository,
# image_verified (the registry has just let the pod have it), image_access (a word for each login, or `anybody`), image_logins (how many),
# image_looked_for (what messages say of a name that something was put before).
# A driver has image_download NAME AUTH_FILE FILE, which pulls, or leaves runtime_error; AUTH_FILE is empty where nothing is shown; and
# image_describe FILE FOLDER, which notes beside the image what it says of itself.
#
# A lock is a folder with its owner's name in it, as only an empty folder is replaced by rename(2), on every shared file system; nobody trusts
# a clock but his own. Two jobs that pull the same image at once do no harm: whose folder has the name first has won.
machine=$(uname -m)
heartbeat_s=10 lock_patience_ms=60000 lock_poll_s=0.5
# Who reads this: a job, or the sidecar's own script on the login node. Only the one that images_pulled_by names pulls.
image_puller=job

# image_file: the image; image_entry: the folder with what is known of it, empty for one that is a path.
obtain_image() {
  local name=$1 image=${container_image[$1]} policy=${container_pull_policy[$1]}
  runtime_image_id=${image_known_id[$name]} image_entry=''
  if [[ -n ${image_path[$name]} ]]; then
    image_file=${image_path[$name]}
    if [[ $(realpath -e -- "$image_file" 2>/dev/null) == "$image_file" ]]; then
      add_event Normal Pulled "$name" "Container image \"$image\" already present on machine"
      return
    fi
    runtime_error="image $image_file is not there on $pod_node"
    return 1
  fi
  locate_image "$name"
  if [[ $images_pulled_by != "$image_puller" ]]; then
    take_pulled_image "$name"
    return
  fi
  if [[ $policy != Always ]] && is_image_open "$name"; then
    touch_image
    add_event Normal Pulled "$name" "Container image \"$image\" already present on machine and can be accessed by the pod"
    return
  fi
  if [[ $policy == Never ]]; then
    runtime_reason=ErrImageNeverPull runtime_error="Container image \"$image\" is not present with pull policy of Never"
    return 1
  fi
  add_event Normal Pulling "$name" "Pulling image \"$image\""
  fetch_image "$name"
}

# Where it is, or is to be. What is for this pod alone is where its job finds it.
locate_image() {
  local name=$1
  if [[ -n ${image_key[$name]} ]]; then
    image_entry=$image_cache/${image_key[$name]}.$machine.$image_form
  elif [[ $images_pulled_by == login ]]; then
    image_entry=$pod_folder/images/$name
  else
    image_entry=$scratch_folder/.images/$name
  fi
  image_file=$image_entry/image
}

# Nobody waits on a node for a registry that can't be reached from there. Its author was told of the pull when it was done.
take_pulled_image() {
  if is_image_open "$1"; then
    touch_image
    return
  fi
  runtime_error="the image was pulled on the login node, and $image_file is not there on $pod_node"
  return 1
}

fetch_image() {
  local name=$1 begun pull_begun size took whole
  now_ms
  begun=$now
  umask 077
  mkdir -p -- "${image_entry%/*}" || { runtime_error="cannot write ${image_entry%/*}"; return 1; }
  wait_for_lock "$name" || return
  now_ms
  pull_begun=$now
  if is_image_open "$name"; then
    let_go "$scratch_folder/.lock.$name"
  else
    pull_image_in_turn "$name" || return
    now_ms
  fi
  touch_image
  size=$(stat -c %s -- "$image_file")
  pull_duration "$((now - pull_begun))"
  took=$REPLY
  pull_duration "$((now - begun))"
  whole=$REPLY
  add_event Normal Pulled "$name" \
    "Successfully pulled image \"${container_image[$name]}\" in $took ($whole including waiting). Image size: $size bytes."
}

# Whether it is there, and the registry has let this pod have it, just now or once.
is_image_open() {
  local name=$1 key line
  [[ -f $image_file ]] || return
  [[ -n ${image_verified[$name]} ]] && return
  while IFS= read -r line; do
    for key in anybody ${image_access[$name]}; do [[ $line == "${image_repository[$name]} $key" ]] && return; done
  done <"$image_entry/access"
  return 1
}

touch_image() {
  : >"$image_entry/used"
}

# Until the image is there, or it is this job's turn to pull it. Status 1: nobody can make a lock there. Who is ended at any moment has noted
# before what is to be let go.
wait_for_lock() {
  local name=$1 lock=$image_entry.lock owner=${SLURM_JOB_ID:-0}-$BASHPID-$RANDOM new gone seen='' time since failures=0
  new=${image_entry%/*}/.new-lock-$owner
  printf '%s\0' "$lock" "$new" "$owner" >"$scratch_folder/.lock.$name"
  if ! { mkdir -- "$new" && : >"$new/$owner"; } 2>/dev/null; then
    runtime_error="cannot write ${image_entry%/*}"
    return 1
  fi
  now_ms
  since=$now
  until is_image_open "$name" || mv -T -- "$new" "$lock" 2>/dev/null; do
    time=$(stat -c %y -- "$lock" 2>/dev/null)
    now_ms
    # Another may have let go of it just then; not so often.
    if [[ -n $time ]]; then
      failures=0
    elif ((++failures >= 20)); then
      runtime_error="cannot write ${image_entry%/*}"
      return 1
    fi
    if [[ $time != "$seen" ]]; then
      seen=$time since=$now
    elif ((now - since > lock_patience_ms)); then
      log_line "the lock $lock was left behind: nobody has touched it for $((lock_patience_ms / 1000)) s"
      gone=$image_cache/.left-$owner
      mv -T -- "$lock" "$gone" 2>/dev/null && rm -rf -- "$gone"
      since=$now
    fi
    sleep "$lock_poll_s"
  done
}

# What a note says of a lock that this job may have: nobody else's is let go.
let_go() {
  local words
  read_words "$1" || return
  rm -rf -- "${words[1]}"
  rm -f -- "${words[0]}/${words[2]}" && rmdir -- "${words[0]}" 2>/dev/null
  rm -f -- "$1"
}

# At the end, whatever became of its pulls: others must not wait until a lock has been silent for long, and what is half made is nobody's.
release_locks() {
  local note
  for note in "$scratch_folder"/.draft.*; do [[ -f $note ]] && rm -rf -- "$(<"$note")"; done
  for note in "$scratch_folder"/.lock.*; do [[ -f $note ]] && let_go "$note"; done
  return 0
}

# The lock is held.
pull_image_in_turn() {
  local name=$1 draft status beat owner=$BASHPID
  draft=${image_entry%/*}/.new-${SLURM_JOB_ID:-0}-$BASHPID-$RANDOM
  (
    while kill -0 "$owner" 2>/dev/null && touch -c -- "$image_entry.lock" 2>/dev/null; do sleep "$heartbeat_s"; done
  ) >/dev/null 2>&1 &
  beat=$!
  printf '%s' "$draft" >"$scratch_folder/.draft.$name"
  mkdir -- "$draft" && pull_by_any_login "$name" "$draft"
  status=$?
  # What another job has made meanwhile is as good; who has pulled it himself may use it.
  if ((status == 0)) && ! mv -T -- "$draft" "$image_entry" 2>/dev/null; then
    cat -- "$draft/access" >>"$image_entry/access" || status=1
  fi
  rm -rf -- "$draft"
  kill "$beat" 2>/dev/null
  wait "$beat" 2>/dev/null
  rm -f -- "$scratch_folder/.draft.$name"
  let_go "$scratch_folder/.lock.$name"
  return "$status"
}

pull_by_any_login() {
  local name=$1 draft=$2 keys i=0 file=''
  read -ra keys <<<"${image_access[$name]}"
  while :; do
    if ((image_logins[$name] > 0)); then
      file=$pod_folder/auth.json
      ((i > 0)) && file=$pod_folder/auth-$i.json
    fi
    rm -f -- "$draft/image"
    if image_download "$name" "$file" "$draft/image"; then
      printf '%s %s\n' "${image_repository[$name]}" "${keys[i]}" >"$draft/access"
      image_describe "$draft/image" "$draft"
      return
    fi
    i=$((i + 1))
    ((i < image_logins[$name])) && continue
    runtime_error+=${image_looked_for[$name]}
    return 1
  done
}

# REPLY: milliseconds in the words of Go.
pull_duration() {
  if (($1 < 1000)); then
    REPLY=$1ms
  else
    printf -v REPLY '%d.%03d' "$(($1 / 1000))" "$(($1 % 1000))"
    while [[ $REPLY == *0 ]]; do REPLY=${REPLY%0}; done
    REPLY=${REPLY%.}s
  fi
}
