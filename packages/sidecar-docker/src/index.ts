/**
 * The Docker sidecar: pods as containers of a Docker Engine, which is its only store.
 *
 *   sidecar.ts        the process: name, address, settings
 *   backend.ts        the verbs, each in a file of its own: create, delete, list, logs, exec, attach,
 *                     port-forward, watch, capabilities
 *   report.ts         a pod's containers, as inspected, to the pod's report
 *   status/           what is read of the engine's containers, and what is to be done next
 *   pods/             work on pods: looking, creating with back-off, deleting; the words of events
 *   container/        a container's spec to the engine's settings, and what is refused
 *   sandbox/          the container that holds network, IPC and host name, and its self-made image
 *   image/            names, pull policies, credentials, shared pulls, who may have what, removal of what nobody uses
 *   volumes/          files and folders of pods on the host
 *   log/              the engine's log stream
 *   streams/          the engine's raw streams of commands and containers, the way to a pod's ports
 *   identity/         names and labels
 *   engine/           every request to the Docker Engine
 */
export { createDockerBackend, dockerSidecar } from './sidecar.ts';
