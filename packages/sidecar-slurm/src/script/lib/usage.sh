# --- usage: sampled, so that nobody needs sstat ---------------------------------------------------------------------------
# Of the job's cgroup where it can be read, else of the script's process tree. Without a process, but for the rename.
usage_at=0 usage_source='' usage_memory_file='' usage_cpu_file=''

# Where to look: once.
find_usage() {
  local line id controllers path root=/sys/fs/cgroup
  usage_source=processes
  while IFS=: read -r id controllers path; do
    # Slurm puts the script below …/job_N/step_batch…: all of the job is in job_N.
    [[ $path == *"/job_${SLURM_JOB_ID-none}"* ]] || continue
    path=${path%%"/job_$SLURM_JOB_ID"*}/job_$SLURM_JOB_ID
    case ,$controllers, in
      ,,) [[ -r $root$path/cpu.stat && -r $root$path/memory.current ]] && usage_source=v2 usage_memory_file=$root$path usage_cpu_file=$root$path/cpu.stat ;;
      *,memory,*) [[ -r $root/memory$path/memory.usage_in_bytes ]] && usage_memory_file=$root/memory$path ;;
      *,cpuacct,*) [[ -r $root/cpuacct$path/cpuacct.usage ]] && usage_cpu_file=$root/cpuacct$path/cpuacct.usage ;;
    esac
  done <"/proc/$$/cgroup"
  [[ $usage_source != v2 && -n $usage_memory_file && -n $usage_cpu_file ]] && usage_source=v1
  return 0
}

# How many processes the kernel has killed in the script's own cgroup for want of memory; REPLY is empty where that can't be read. Those
# of the job's other steps are counted elsewhere.
count_oom_kills() {
  local line id controllers path key value root=/sys/fs/cgroup
  REPLY=''
  while IFS=: read -r id controllers path; do
    case ,$controllers, in
      ,,) path=$root$path/memory.events ;;
      *,memory,*) path=$root/memory$path/memory.oom_control ;;
      *) continue ;;
    esac
    while read -r key value; do [[ $key == oom_kill ]] && REPLY=$value; done <"$path"
  done <"/proc/$$/cgroup" 2>/dev/null
}

tend_usage() {
  local cpu='' memory='' inactive=0 key value
  if ((usage_at > now)); then
    wake_at "$usage_at"
    return
  fi
  usage_at=$((now + usage_ms))
  wake_at "$usage_at"
  [[ -z $usage_source ]] && find_usage
  case $usage_source in
    v2)
      while read -r key value; do [[ $key == usage_usec ]] && cpu=$((value * 1000)); done <"$usage_cpu_file"
      read -r memory <"$usage_memory_file/memory.current"
      while read -r key value; do [[ $key == inactive_file ]] && inactive=$value; done <"$usage_memory_file/memory.stat"
      ;;
    v1)
      read -r cpu <"$usage_cpu_file"
      read -r memory <"$usage_memory_file/memory.usage_in_bytes"
      while read -r key value; do [[ $key == total_inactive_file ]] && inactive=$value; done <"$usage_memory_file/memory.stat"
      ;;
    processes) sum_processes "$$" ;;
  esac 2>/dev/null
  [[ -n $cpu && -n $memory ]] || return
  format_time "$now"
  write_file "$pod_folder/usage" "at=$REPLY"$'\n'"cpu_ns=$cpu"$'\n'"memory_bytes=$((memory > inactive ? memory - inactive : 0))"$'\n'
}

# What a tree of processes has used, children that ended included; who left the tree is not seen.
sum_processes() {
  local pids=("$1") pid fields=() line children ticks=0 pages=0
  while ((${#pids[@]} > 0)); do
    pid=${pids[0]} pids=("${pids[@]:1}")
    { IFS= read -r line <"/proc/$pid/stat" || continue; } 2>/dev/null
    # A command's name may hold blanks; behind its parenthesis they separate.
    fields=(${line##*) })
    ticks=$((ticks + fields[11] + fields[12] + fields[13] + fields[14])) pages=$((pages + fields[21]))
    { read -ra children <"/proc/$pid/task/$pid/children"; } 2>/dev/null
    pids+=("${children[@]}")
    children=()
  done
  cpu=$((ticks * 10000000)) memory=$((pages * 4096))
}
