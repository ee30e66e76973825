# --- sweep: what jobs that were killed with all they had have left on this node -------------------------------------------
# Each scratch folder says which process it belongs to. One whose process is gone, as seen from the same place, is nobody's any more.
own_scratch() {
  process_start "$$"
  printf '%s %s %s\n' "$$" "$REPLY" "$(readlink /proc/self/ns/pid)" >"$1/.owner"
}

sweep_scratch() {
  local folder pid start space draft
  for folder in "$1"/interlink-*; do
    [[ -d $folder && -O $folder && ! -L $folder && -f $folder/.owner ]] || continue
    read -r pid start space <"$folder/.owner" || continue
    [[ $pid =~ ^[0-9]+$ && $space == "$(readlink /proc/self/ns/pid)" ]] || continue
    process_start "$pid" && [[ $REPLY == "$start" ]] && continue
    log_line "removing $folder, which a job has left here"
    for draft in "$folder"/.draft.*; do [[ -f $draft ]] && rm -rf -- "$(<"$draft")"; done
    remove_tree "$folder"
  done
  return 0
}

# REPLY: when a process began, in the kernel's ticks; with its number that is nobody else. Status 1: there is none.
process_start() {
  local line
  REPLY=''
  { read -r line <"/proc/$1/stat"; } 2>/dev/null || return
  # Behind the name, which may hold blanks and brackets, it is the 20th word.
  line=${line##*) }
  local words=($line)
  REPLY=${words[19]}
}
