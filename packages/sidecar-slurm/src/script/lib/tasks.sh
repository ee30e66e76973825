# --- tasks: what takes long, beside the lifecycle -------------------------------------------------------------------------
# By `NAME/KIND`, the process group of the task under way, and its number: news of an older one count no more.
declare -A task_pid=() task_number=()
tasks_begun=0

# begin_task NAME KIND FUNCTION ARGUMENT…: told is `done NAME KIND NUMBER STATUS TEXT`; TEXT is what the function left in task_text.
begin_task() {
  local key=$1/$2
  tasks_begun=$((tasks_begun + 1))
  task_number[$key]=$tasks_begun
  (
    # By itself, before it lets go of the guard's pipe: the script may be killed at any moment after the fork.
    tell_guard "task $key $BASHPID"
    leave_lifecycle
    task_text=''
    "${@:3}"
    status=$?
    escape_text "${task_text:0:1500}"
    send "done $1 $2 $tasks_begun $status $REPLY"
  ) </dev/null >&2 &
  disown
  task_pid[$key]=$!
}

is_busy() {
  [[ -n ${task_pid[$1/$2]-} ]]
}

# Nobody wants to know any more: what it has begun ends too, and what it says is not heard.
drop_task() {
  local key=$1/$2
  [[ -z ${task_pid[$key]-} ]] && return
  kill -"${3:-KILL}" -- "-${task_pid[$key]}" 2>/dev/null
  tell_guard "task $key"
  unset "task_pid[$key]" "task_number[$key]"
}

# Whether these news are of the task under way; it is over then.
end_task() {
  local key=$1/$2
  [[ ${task_number[$key]-} == "$3" ]] || return 1
  tell_guard "task $key"
  unset "task_pid[$key]" "task_number[$key]"
}
