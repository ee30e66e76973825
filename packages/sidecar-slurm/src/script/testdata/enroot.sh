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
container_names=('setup' 'main')
declare -A container_kind=(
  ['setup']='init'
  ['main']='container'
)
declare -A container_image=(
  ['setup']='/cvmfs/images/it'\''s.sif'
  ['main']='reg.example.org:5000/team/solver:2'
)
declare -A container_pull_policy=(
  ['setup']='IfNotPresent'
  ['main']='Always'
)
images_pulled_by='login'
declare -A container_restart_policy=(
  ['setup']='Never'
  ['main']='Never'
)
declare -A container_restart_rules=()
declare -A container_working_dir=(
  ['main']='/srv/my data'
)
declare -A container_stdin=()
declare -A container_tty=()
declare -A container_stop_signal=()
declare -A container_termination_path=(
  ['setup']='/dev/termination-log'
  ['main']='/dev/termination-log'
)
scratch_variable=''
scratch_path=''
scratch_volumes=()
memory_volumes=()
mount_container=('main' 'main')
mount_volume=('data' 'config')
mount_place=('host' 'pod-folder')
mount_path=('/data' 'volumes/config')
mount_below=('' '')
mount_type=('DirectoryOrCreate' '')
mount_sub_path=('' '')
mount_target=('/data' '/etc/app')
mount_mode=('rw' 'ro')
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
enroot_path='enroot'
enroot_hostname='p'
enroot_host_lines='10.0.0.1	one	two
10.0.0.2	three
'
enroot_options=('--mount' '/cvmfs:/cvmfs')
declare -A enroot_uri=(
  ['setup']=''
  ['main']='docker://reg.example.org:5000#team/solver:2'
)
declare -A enroot_gpus=(
  ['main']='amd'
)
declare -A enroot_read_only=(
  ['setup']='yes'
)
image_cache='/home/alice/.interlink/slurm/.images'
image_form='sqsh'
declare -A image_uri=(
  ['setup']=''
  ['main']='docker://reg.example.org:5000/team/solver@sha256:2222'
)
declare -A image_path=(
  ['setup']='/cvmfs/images/it'\''s.sif'
  ['main']=''
)
declare -A image_key=(
  ['setup']=''
  ['main']='sha256-2222'
)
declare -A image_known_id=(
  ['setup']=''
  ['main']='reg.example.org:5000/team/solver@sha256:2222'
)
declare -A image_repository=(
  ['setup']=''
  ['main']='reg.example.org:5000/team/solver'
)
declare -A image_verified=(
  ['setup']='yes'
  ['main']='yes'
)
declare -A image_access=(
  ['setup']=''
  ['main']='0a1b anybody'
)
declare -A image_logins=(
  ['setup']='0'
  ['main']='1'
)
declare -A image_insecure=(
  ['setup']=''
  ['main']='yes'
)
declare -A image_looked_for=(
  ['setup']=''
  ['main']=''
)

# (the library)
umask 077
take_pod "$@"
begin_job

run_job
