#!/bin/sh
# Runs a command in a root file system of its own: this machine's programs and homes, and besides what a container's volumes bring.
#
#   own-root.sh ROOT MOUNTS UID GID COMMAND...
#
# ROOT is an empty folder; MOUNTS a file with lines `SOURCE TARGET`, folders or files of this machine and where they are wanted.
# In a mount namespace that the caller has made: nothing has to be taken back.
set -eu
root=$1 mounts=$2 uid=$3 gid=$4
shift 4
mount -t tmpfs tmpfs "$root"
for folder in /bin /dev /home /lib /lib64 /proc /sbin /tmp /usr; do
  if [ -L "$folder" ]; then
    cp -P "$folder" "$root$folder"
  elif [ -d "$folder" ]; then
    mkdir "$root$folder"
    mount --rbind "$folder" "$root$folder"
  fi
done
mkdir "$root/etc" "$root/run" "$root/var"
ln -s ../run "$root/var/run"
for file in /etc/passwd /etc/group /etc/nsswitch.conf /etc/hosts /etc/ld.so.cache; do cp "$file" "$root$file"; done
while read -r source target; do
  mkdir -p "$(dirname "$root$target")"
  if [ -d "$source" ]; then mkdir -p "$root$target"; else touch "$root$target"; fi
  mount --bind "$source" "$root$target"
done <"$mounts"
exec chroot "$root" setpriv --reuid="$uid" --regid="$gid" --groups="$gid" --pdeathsig KILL -- "$@"
