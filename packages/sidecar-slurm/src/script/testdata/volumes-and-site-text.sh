#!/bin/bash
# Pod ns/p (11111111-1111-4111-8111-111111111111), written by the Slurm sidecar of InterLink. See docs/slurm.md.

# --- the pod ------------------------------------------------------------------------------------------------------------
pod_namespace='ns'
pod_name='p'
pod_uid='11111111-1111-4111-8111-111111111111'
pod_folder='/home/alice/.interlink/slurm/ns-11111111-1111-4111-8111-111111111111'
spool_folder='/home/alice/.interlink/slurm/.spool'
file_system='shared'
grace_seconds='30'
deadline_seconds=''
container_names=('main')
declare -A container_kind=(
  ['main']='container'
)
declare -A container_image=(
  ['main']='busybox'
)
declare -A container_pull_policy=(
  ['main']='IfNotPresent'
)
images_pulled_by='job'
declare -A container_restart_policy=(
  ['main']='Never'
)
declare -A container_restart_rules=()
declare -A container_working_dir=()
declare -A container_stdin=()
declare -A container_tty=()
declare -A container_stop_signal=()
declare -A container_termination_path=(
  ['main']='/dev/termination-log'
)
scratch_variable='TMPDIR'
scratch_path='/pods'
scratch_volumes=('cache')
memory_volumes=('shm')
mount_container=('main' 'main' 'main' 'main')
mount_volume=('config' 'cache' 'shm' 'data')
mount_place=('pod-folder' 'scratch' 'memory' 'host')
mount_path=('volumes/config' 'cache' 'shm' '/data')
mount_below=('' '' '' 'my set')
mount_type=('' '' '' 'Directory')
mount_sub_path=('' 'a/b' '' '')
mount_target=('/etc/app' '/cache' '/dev/shm' '/data')
mount_mode=('ro' 'rw' 'rw' 'ro')
proxy_login='login'
proxy_library='/usr/lib/libtsocks.so'
proxy_given_config=''
declare -A probe_action=()
declare -A probe_scheme=()
declare -A probe_host=()
declare -A probe_port=()
declare -A probe_path=()
declare -A probe_delay=()
declare -A probe_period=()
declare -A probe_timeout=()
declare -A probe_successes=()
declare -A probe_failures=()
declare -A probe_grace=()
declare -A hook_action=()
declare -A hook_scheme=()
declare -A hook_host=()
declare -A hook_port=()
declare -A hook_path=()
declare -A hook_seconds=()

# (the library)
umask 077
take_pod "$@"
begin_job

# --- CommandPrefix, as it was given
module load apptainer

# --- pre-exec, as it was given
echo 'of the pod'

run_job
