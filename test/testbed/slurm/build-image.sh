#!/bin/sh
# Makes the root file system of the Slurm cluster's containers: Debian 13 with Slurm, and Apptainer from Debian sid.
# $1: where to put image.tar and versions.txt. Runs as root in a mount and process namespace of its own.
set -eux
root=$1/root
mirror=${DEBIAN_MIRROR:-http://deb.debian.org/debian}
packages=ca-certificates,munge,slurmd,slurm-client,slurmctld
packages=$packages,squashfs-tools,squashfuse,fuse2fs,uidmap,procps,iproute2
# For the sidecar: what Node links to, a byte pipe for port forwarding, and the proxy that jobs may ask for.
packages=$packages,libatomic1,socat,openssh-client,openssh-server,tsocks
debootstrap --variant=minbase --include=$packages trixie "$root" "$mirror"

in_root() { chroot "$root" env DEBIAN_FRONTEND=noninteractive "$@"; }

# Only the one package of sid: what it needs is Debian 13's. apt checks the signature; sid's index says for how long it is
# valid, which a machine with a wrong clock would take for too old.
echo 'APT::Default-Release "trixie";' >"$root/etc/apt/apt.conf.d/00default"
echo "deb $mirror sid main" >"$root/etc/apt/sources.list.d/sid.list"
cp /etc/resolv.conf "$root/etc/resolv.conf"
in_root apt-get -o Acquire::Check-Valid-Until=false update
in_root sh -c 'cd /tmp && apt-get download apptainer/sid'
rm "$root/etc/apt/sources.list.d/sid.list"
in_root apt-get update
# mpich: for its mpiexec, which jobs may ask for.
in_root sh -c 'apt-get install -y --no-install-recommends /tmp/apptainer_*.deb mpich'
in_root dpkg-query -W apptainer slurmd munge mpich >"$1/versions.txt"

# useradd gives them subordinate ids by itself.
in_root useradd -u 1500 -U -m -s /bin/bash alice
in_root useradd -u 1501 -U -m -s /bin/bash bob

rm -rf "$root"/tmp/* "$root"/var/cache/apt/archives/*.deb "$root"/var/lib/apt/lists/*
# A node's own keys are made where they are wanted.
rm -f "$root"/etc/munge/munge.key "$root"/etc/ssh/ssh_host_*
tar --numeric-owner --exclude='./proc/*' --exclude='./sys/*' --exclude='./dev/*' -C "$root" -cf "$1/image.tar" .
rm -rf "$root"
