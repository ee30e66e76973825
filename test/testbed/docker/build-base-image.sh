#!/bin/sh
# Makes what our images stand on, as debian:bookworm-slim is made: Debian's smallest system without manuals and translations. It has
# libatomic already, so that images are built without a network.
# $1: where to put image.tar. Runs as root in a mount and process namespace of its own.
set -eux
root=$1/root
debootstrap --variant=minbase --include=libatomic1 bookworm "$root" "${DEBIAN_MIRROR:-http://deb.debian.org/debian}"
cd "$root"
rm -rf var/cache/apt/* var/lib/apt/lists/* var/log/* tmp/* usr/share/locale/*
find usr/share/doc usr/share/man usr/share/info usr/share/lintian -type f ! -name copyright -delete
tar --numeric-owner --exclude='./proc/*' --exclude='./sys/*' --exclude='./dev/*' -cf "$1/image.tar" .
cd /
rm -rf "$root"
