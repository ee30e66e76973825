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
      [[ -e $root$at/$part || $how != make ]] || mkdir -- "$root$at/$part" 2>/dev/null
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

# REPLY: the real path of subPath in a volume, made when missing. A folder is entered before it is believed: what a container changes
# in the volume meanwhile leads nowhere else.
sub_path_of() {
  local base=$1 rest=$2 real path
  path=$(
    cd -P -- "$base" || exit
    real=$PWD
    while [[ -n $rest ]]; do
      part=${rest%%/*} rest=${rest#"${rest%%/*}"}
      rest=${rest#/}
      if [[ -f ./$part && -z $rest ]]; then
        file=$(realpath -e -- "./$part" && printf .) || exit
        printf '%s' "${file%$'\n'.}."
        [[ $file == "$real"/* ]]
        exit
      fi
      [[ -e ./$part || -L ./$part ]] || mkdir -m 0750 -- "./$part" || exit
      cd -P -- "./$part" || exit
      [[ $PWD == "$real"/* ]] || exit
    done
    printf '%s.' "$PWD"
  ) || return
  REPLY=${path%.}
}
