/**
 * The Docker sidecar: pods as containers of a Docker Engine, which is its only store.
 *
 *   sidecar.ts        the process: name, address, settings
 *   backend.ts        the verbs, each in a file of its own: create, delete, logs, exec, attach,
 *                     port-forward, watch, render, capabilities
 *   render.ts         what a create would send to the engine
 *   runtime/          the engine as the lifecycle of pods sees it: attempts, made, started, ended, removed
 *   status/           what is read of the engine's containers
 *   pods/             what this process remembers of pods; resizes; the words of events
 *   container/        a container's spec to the engine's settings, and what is refused
 *   sandbox/          the container that holds network, IPC and host name, its self-made image, and the files of /etc
 *   fields/           the table of what becomes of each field of a pod's spec; docs/docker.md shows it
 *   flags/            options of docker run by annotation
 *   site/             what the administrator lets pods have
 *   image/            names, pull policies, credentials, shared pulls, who may have what, removal of what nobody uses
 *   volumes/          files and folders of pods on the host
 *   log/              the engine's log stream
 *   streams/          the engine's raw streams of commands and containers, the way to a pod's ports
 *   identity/         names and labels
 *   engine/           every request to the Docker Engine
 */
export { connectAt as connectEngine } from './engine/connect.ts';
export type { EngineAddress } from './engine/connection.ts';
export { findEngineAddress } from './engine/docker-context.ts';
export { Engine } from './engine/engine.ts';
export type { EngineInfo } from './engine/engine-info.ts';
export { allFields } from './fields/all-fields.ts';
export { supportedFlags } from './flags/docker-flags.ts';
export { createDockerBackend, dockerSidecar } from './sidecar.ts';
export { defaultDataRoot } from './volumes/data-root.ts';
