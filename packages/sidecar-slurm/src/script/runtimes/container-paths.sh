# --- paths of a container, seen from outside -------------------------------------------------------------------------------
# Links in a container mean places in the container. Nothing here follows one the way this machine would.

# REPLY: a path of the container whose files are below ROOT, as this machine sees it, without links. With `make` behind it, folders
# that are missing are made. Status 1: there is no such thing.
path_inside() {
  local root=$1 rest=$2 how=${3-} at='' part link hops=0
  while :; do
    rest=${rest#"${rest%%[!/]*}"}
    [[ -z $rest ]] && break
    part=${rest%%/*} rest=${rest#"${rest%%/*}"}
    case $part in
      .) continue ;;
      ..)
        at=${at%/*}
        continue
        ;;
    esac
    if [[ -L $root$at/$part ]]; then
      hops=$((hops + 1))
      ((hops > 40)) && return 1
      link=$(readlink -- "$root$at/$part" && printf .) || return
      link=${link%$'\n'.}
      [[ $link == /* ]] && at=''
      rest=$link$rest
    else
      [[ -e $root$at/$part || $how != make ]] || mkdir -m 0755 -- "$root$at/$part" 2>/dev/null
      [[ -e $root$at/$part ]] || return
      at+=/$part
    fi
  done
  REPLY=$root${at:-/}
}

# Whether a program can be run in the container; program_problem: why not, in the words of containerd.
find_program() {
  local root=$1 folder=$2 path=$3 program=$4 place
  if [[ $program == */* ]]; then
    check_program "$root" "$folder" "$program"
    return
  fi
  program_problem='executable file not found in $PATH'
  [[ -z $program ]] && return 1
  path+=:
  while [[ -n $path ]]; do
    place=${path%%:*} path=${path#*:}
    check_program "$root" "$folder" "${place:-.}/$program" && return
  done
  program_problem='executable file not found in $PATH'
  return 1
}

check_program() {
  local root=$1 folder=$2 program=$3
  [[ $program == /* ]] || program=$folder/$program
  program_problem='no such file or directory'
  path_inside "$root" "$program" || return
  program_problem='is a directory'
  [[ -d $REPLY ]] && return 1
  program_problem='permission denied'
  [[ -x $REPLY ]]
}

# REPLY: which file or folder a path in a volume is, device and number, while it lies below BASE. A folder is entered before it is
# believed: what a container changes in the volume meanwhile leads nowhere else.
sub_path_identity() {
  local base=$1 path=$2
  REPLY=$(
    cd -P -- "$base" || exit
    base=$PWD
    if [[ -d $path ]]; then
      cd -P -- "$path" && [[ $PWD == "$base"/* ]] && stat -c %d:%i .
    else
      cd -P -- "${path%/*}" && [[ $PWD/ == "$base"/* && ! -L ./${path##*/} ]] && stat -c %d:%i -- "./${path##*/}"
    fi
  ) 2>/dev/null
}
