# --- settings: times of the lifecycle, in milliseconds --------------------------------------------------------------------
# Kubernetes' own. Whoever tries the script out may set others beforehand; Slurm hands none on.
: "${INTERLINK_BACK_OFF_MS:=10000}" "${INTERLINK_MAX_BACK_OFF_MS:=300000}" "${INTERLINK_RECOVERED_MS:=600000}"
: "${INTERLINK_SECOND_MS:=1000}" "${INTERLINK_USAGE_MS:=10000}"
# How long a job waits for its pod where nodes do not see the sidecar's folders, and for the sidecar to have all that it wrote.
: "${INTERLINK_AWAIT_POD_MS:=600000}" "${INTERLINK_AWAIT_FETCH_MS:=300000}"
back_off_ms=$INTERLINK_BACK_OFF_MS
max_back_off_ms=$INTERLINK_MAX_BACK_OFF_MS
# A container that ran this long has recovered: its back-off begins anew.
recovered_ms=$INTERLINK_RECOVERED_MS
# What a second of the pod's numbers is.
second_ms=$INTERLINK_SECOND_MS
usage_ms=$INTERLINK_USAGE_MS
# What is left of the time to end after a preStop hook that took all of it.
least_after_hook_ms=2000
# How long ErrImagePull is shown before it is called a back-off.
pull_error_shown_ms=2000
