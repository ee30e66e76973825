import type { PodLabels } from '../identity/labels.ts';
import type { EngineContainer } from './engine-container.ts';
import { failedToStart, hasEnded, hasSucceeded, isLeaving, type PodSnapshot, type Slot } from './pod-snapshot.ts';

/** Something to ask of the engine now. */
export type Action =
  | { readonly kind: 'start-sandbox'; readonly id: string }
  | { readonly kind: 'start'; readonly id: string; readonly container: string };

/**
 * What brings the pod on: its sandbox first, then the init containers one after another, then all containers at once. Whoever
 * asks again gets the same answer until the engine's state has changed, so that it can be asked after every event and after
 * every restart.
 */
export function nextActions(snapshot: PodSnapshot): Action[] {
  const { sandbox, slots, pod } = snapshot;
  if (sandbox === undefined || isLeaving(snapshot)) return [];
  if (sandbox.status === 'created' || sandbox.status === 'exited') return [{ kind: 'start-sandbox', id: sandbox.id }];
  // Paused, restarting, being removed: its next state is an event.
  if (sandbox.status !== 'running') return [];
  return [...dueSlots(slots), ...slots.filter(({ entry }) => entry.kind === 'ephemeral')].flatMap(
    ({ entry, container }) =>
      container !== undefined && shouldStart(container, pod.restartPolicy, entry.kind)
        ? [{ kind: 'start', id: container.id, container: entry.name }]
        : [],
  );
}

/** Those whose turn it is, running or not. */
function dueSlots(slots: ReadonlyArray<Slot>): ReadonlyArray<Slot> {
  for (const [index, slot] of slots.entries()) {
    if (slot.entry.kind === 'init' && !hasSucceeded(slot, slots.slice(index + 1))) return [slot];
  }
  return slots.filter(({ entry }) => entry.kind === 'container');
}

/** The engine restarts by itself what it has once started; left are first starts, failed ones, and what an engine's own restart forgot. */
function shouldStart(
  container: EngineContainer,
  policy: PodLabels['restartPolicy'],
  kind: 'init' | 'container' | 'ephemeral',
): boolean {
  // An ephemeral container is started once, whatever becomes of it.
  if (failedToStart(container)) return policy !== 'Never' && kind !== 'ephemeral';
  if (container.status === 'created') return true;
  if (kind === 'ephemeral') return false;
  if (!hasEnded(container) || container.status !== 'exited') return false;
  if (container.exitCode === 0) return kind === 'container' && policy === 'Always';
  return policy !== 'Never';
}
