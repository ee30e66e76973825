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
container_names=('filter' 'shell')
declare -A container_kind=(
  ['filter']='container'
  ['shell']='container'
)
declare -A container_image=(
  ['filter']='busybox'
  ['shell']='busybox'
)
declare -A container_pull_policy=(
  ['filter']='IfNotPresent'
  ['shell']='IfNotPresent'
)
images_pulled_by='job'
declare -A container_restart_policy=(
  ['filter']='Never'
  ['shell']='Never'
)
declare -A container_restart_rules=()
declare -A container_working_dir=()
declare -A container_stdin=(
  ['filter']='once'
  ['shell']='kept'
)
declare -A container_tty=(
  ['shell']='yes'
)
declare -A container_stop_signal=()
declare -A container_termination_path=(
  ['filter']='/dev/termination-log'
  ['shell']='/dev/termination-log'
)
scratch_variable=''
scratch_path=''
scratch_volumes=()
memory_volumes=()
mount_container=()
mount_volume=()
mount_place=()
mount_path=()
mount_below=()
mount_type=()
mount_sub_path=()
mount_target=()
mount_mode=()
proxy_login=''
proxy_library=''
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

run_job
