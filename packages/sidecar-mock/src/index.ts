/**
 * The mock sidecar: runs nothing, answers at once, plays what a pod's annotations or a file tell it to.
 *
 *   sidecar.ts        the process: name, address
 *   backend.ts        the pods in memory and what happens to them: the only file with timers and state
 *   script.ts         annotations to a typed script
 *   timeline.ts       containers that go by steps; timeline-report.ts makes a report of them
 *   file/             the script of a whole site: its shape, what of it meets pods, calls and the backend
 *   report.ts         what a pod looks like while it waits, runs, has ended
 *   logs.ts           a pod's made-up output; log-flood.ts and event-flood.ts too much of it
 *   exec.ts           commands that are played
 *   capabilities.ts   what it says of itself
 *   misbehaviour/     ways to be wrong on purpose, for the conformance suite to catch
 */
export { createMockBackend, type MockOptions } from './backend.ts';
export { type ScriptKey, scriptKeys } from './file/script-keys.ts';
export { createMisbehavingServer } from './misbehaviour/misbehaving-server.ts';
export type { Misbehaviour, Mischief } from './misbehaviour/misbehaviour.ts';
export { findMisbehaviour, misbehaviours } from './misbehaviour/misbehaviours.ts';
export { mockSidecar, mockSidecarOf } from './sidecar.ts';
