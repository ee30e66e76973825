# The node's end of a link: a step of a pod's job, for `bash -c`; `$1` is the pod's UID. Sent by the sidecar, so that both ends are of
# the same release; src/remote has the other one. A message is a line, and as many bytes behind it as the line says.
#
#   to the sidecar   absent                                     there is no job of the pod here that waits for it
#                    hello NUMBER JOB RESTARTS waiting|given FOLDER
#                    more OFFSET LENGTH PATH                     what a file has grown by
#                    whole LENGTH PATH                           all of a file
#                    news                                        what it came to tell is told
#                    updated                                     the update is in place
#                    fetched                                     the job knows that all is told
#   to the node      pod LENGTH                                  the pod's folder, a tar file; after it the line `whole`
#                    refuse [begun-before]                       the pod is not this job's, or was given to a run of it before
#                    have SIZE PATH                              what the sidecar has of a file that grows
#                    go                                          from here on it listens
#                    update LENGTH                               volumes and the order to stop, as `pod`
#                    over                                        the last word has arrived
set +m
shopt -s nullglob
LC_ALL=C
umask 077
trap '' TERM HUP
uid=$1 folder='' held='' is_first=1 tick=0.5
declare -A sizes=() told=() texts=()

find_job() {
  local pointer of place
  for pointer in /tmp/interlink-job-"$SLURM_JOB_ID".*; do
    [[ -f $pointer && -O $pointer && ! -L $pointer ]] || continue
    { IFS= read -r of && IFS= read -r place; } <"$pointer" || continue
    [[ $of == "$uid" && -O $place/job ]] || continue
    # Left behind by a job that was killed: nobody holds its lock.
    flock -n "$place/lock" true && continue
    folder=$place
    return
  done
  return 1
}

# Into a new folder; status 1 when it was cut off.
receive() {
  local line
  mkdir -- "$2" && head -c "$1" >"$2.tar" && IFS= read -r line && [[ $line == whole ]] || return
  tar -xpf "$2.tar" -C "$2" && rm -f -- "$2.tar"
}

take_pod() {
  local draft=$folder/.pod-$BASHPID
  receive "$1" "$draft" || exit
  # Of two links that bring it at once the first has brought it.
  mv -T -- "$draft" "$folder/pod" 2>/dev/null
}

take_update() {
  local draft=$folder/.update-$BASHPID from
  receive "$1" "$draft" || exit
  for from in "$draft"/volumes/*/; do [[ -L ${from}..data ]] && swap_volume "${from%/}"; done
  [[ -f $draft/stop ]] && mv -f -- "$draft/stop" "$folder/pod/stop"
  rm -rf -- "$draft"
  printf 'updated\n'
}

# As the sidecar does it in its own folder: whoever reads `..data/…` sees the old files or the new ones.
swap_volume() {
  local from=$1 to=$folder/pod/volumes/${1##*/} data entry name
  declare -A kept=()
  data=$(readlink -- "$from/..data")
  kept[..data]=1 kept[$data]=1
  [[ -d $to/$data ]] || mv -T -- "$from/$data" "$to/$data" || return
  mv -T -f -- "$from/..data" "$to/..data"
  for entry in "$from"/* "$from"/.[!.]*; do
    name=${entry##*/}
    kept[$name]=1
    [[ -L $to/$name ]] || mv -T -- "$entry" "$to/$name"
  done
  for entry in "$to"/* "$to"/.[!.]* "$to"/..?*; do [[ -n ${kept[${entry##*/}]-} ]] || rm -rf -- "$entry"; done
}

# The job's own last word first: what is said in it was written before it.
read_states() {
  local path
  for path in pod.state containers/*/state; do
    IFS= read -r -d '' "texts[$path]" 2>/dev/null <"$path"
  done
}

tell_text() {
  local path=$1 text=${texts[$1]-}
  [[ -z $text || $text == "${told[$path]-}" ]] && return 1
  told[$path]=$text
  printf 'whole %s %s\n%s' "${#text}" "$path" "$text"
}

# Exactly so many bytes: what a file lacks that has shrunk meanwhile is made up for.
tell_bytes() {
  { tail -c "$1" -- "$2"; cat /dev/zero; } 2>/dev/null | head -c "$3"
}

tell_growth() {
  local size=$1 path=$2 have=${sizes[$2]-}
  [[ -z $have ]] || ((size > have)) || return 1
  : "${have:=0}"
  sizes[$path]=$size
  printf 'more %s %s %s\n' "$have" "$((size - have))" "$path"
  tell_bytes "+$((have + 1))" "$path" "$((size - have))"
}

# Of a container's last word the end counts, as for the kubelet.
tell_last_word() {
  local size=$1 change=$2 path=$3
  ((size > 4096)) && size=4096
  [[ $size == 0 || $change == "${told[$path]-}" ]] && return
  told[$path]=$change
  printf 'whole %s %s\n' "$size" "$path"
  tell_bytes "$size" "$path" "$size"
}

# States are read before logs are looked at, and told after them: whoever hears that a container has ended has all of its log.
tell_news() {
  local size change path is_news=''
  if [[ -n $is_first || -e ../news/$uid ]]; then
    rm -f -- "../news/$uid"
    read_states
    is_first=''
  fi
  while read -r size change path; do
    [[ -f $path && ! -L $path ]] || continue
    case $path in
      */termination) tell_last_word "$size" "$change" "$path" ;;
      events) tell_growth "$size" "$path" && is_news=1 ;;
      *) tell_growth "$size" "$path" ;;
    esac
  done < <(stat -c '%s %.9Y %n' -- events slurm.out containers/*/[0-9]*/log containers/*/[0-9]*/termination 2>/dev/null)
  IFS= read -r -d '' 'texts[usage]' 2>/dev/null <usage
  tell_text usage
  for path in containers/*/state pod.state; do tell_text "$path" && is_news=1; done
  [[ -n $is_news ]] && printf 'news\n'
}

hear() {
  local words
  read -ra words <<<"$1"
  case ${words[0]} in
    pod) take_pod "${words[1]}" ;;
    refuse)
      printf '%s\n' "${words[1]-}" >"$folder/refused.new" && mv -f -- "$folder/refused.new" "$folder/refused"
      exit
      ;;
    have) sizes[${words[2]}]=${words[1]} ;;
    update) take_update "${words[1]}" ;;
    over)
      : >"$folder/fetched"
      printf 'fetched\n'
      exit
      ;;
  esac
}

find_job || { printf 'absent\n'; exit; }
read -r _ number job restarts <"$folder/job"
state=waiting
[[ -d $folder/pod ]] && state=given
printf 'hello %s %s %s %s %s\n' "$number" "$job" "$restarts" "$state" "$folder"
while IFS= read -r line && [[ $line != go ]]; do hear "$line"; done
cd -- "$folder/pod" || exit
while :; do
  tell_news
  IFS= read -r -t "$tick" line
  status=$?
  held+=$line
  ((status > 128)) && continue
  ((status == 0)) || exit
  hear "$held"
  held=''
done
