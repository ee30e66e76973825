/**
 * The process sidecar: runs containers' commands as local processes, for trying things out. Nothing is isolated.
 *
 *   sidecar.ts       the process: name, socket, warning
 *   backend.ts       the SDK's interface, put together from create, delete, update, logs, exec, stats, watch, capabilities
 *   runtime/         what the SDK's lifecycle engine asks for: pods' folders and runners as its ContainerRuntime
 *   folder/          a pod's folder: paths, writing, reading, removing
 *   exec/            a child process as a command, with a terminal or without
 *   runner/          the program that runs one attempt of a container and outlives the sidecar
 */
export { createProcessBackend, type ProcessBackendOptions } from './backend.ts';
export { processSidecar, processSocketUrl } from './sidecar.ts';
