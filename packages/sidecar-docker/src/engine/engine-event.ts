import { uidLabel } from '../identity/labels.ts';

/** Something has happened to a container of a pod. */
export interface EngineEvent {
  readonly containerId: string;
  /** The pod's. */
  readonly uid: string;
}

/** What is looked at of https://docs.docker.com/reference/api/engine/ `SystemEvents`; undefined for an event about nothing of ours. */
export function parseEngineEvent(line: unknown): EngineEvent | undefined {
  const actor = memberOf(line, 'Actor');
  const containerId = memberOf(actor, 'ID');
  const uid = memberOf(memberOf(actor, 'Attributes'), uidLabel);
  return typeof containerId === 'string' && typeof uid === 'string' ? { containerId, uid } : undefined;
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}
