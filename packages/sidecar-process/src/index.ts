/**
 * The process sidecar: runs containers' commands as local processes, for trying things out. Nothing is isolated.
 *
 *   sidecar.ts       the process: name, socket, warning
 *   backend.ts       the SDK's interface, put together from create, delete, list, logs, exec, watch, report, capabilities
 *   folder/          a pod's folder: paths, writing, reading, removing
 *   decide/          pure: what a folder says, what is to be done next, when to restart
 *   supervise/       doing it: rounds per pod, runners, signals
 *   exec/            a child process as a command, with a terminal or without
 *   runner/          the program that runs one attempt of a container and outlives the sidecar
 */
export { createProcessBackend, type ProcessBackendOptions } from './backend.ts';
export { processSidecar, processSocketUrl } from './sidecar.ts';
