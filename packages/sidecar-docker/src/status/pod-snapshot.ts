import type { OutlineEntry, PodLabels } from '../identity/labels.ts';
import type { EngineContainer } from './engine-container.ts';

/** A pod as the engine holds it at one moment. */
export interface PodSnapshot {
  readonly pod: PodLabels;
  readonly sandbox: EngineContainer | undefined;
  /** One per entry of the pod's outline, in its order, and then one per ephemeral container that was created. */
  readonly slots: ReadonlyArray<Slot>;
  /** Earlier attempts that were not removed, because somebody was killed over it. */
  readonly replaced: ReadonlyArray<EngineContainer>;
}

/** A place for a container, filled or not yet. */
export interface Slot {
  readonly entry: OutlineEntry;
  readonly container: EngineContainer | undefined;
}

/** Puts a pod's containers in their places. Of several attempts of one container the newest counts. */
export function toSnapshot(pod: PodLabels, containers: ReadonlyArray<EngineContainer>): PodSnapshot {
  const newest = (matches: (container: EngineContainer) => boolean): EngineContainer | undefined =>
    containers.filter(matches).toSorted((a, b) => b.labels.attempt - a.labels.attempt)[0];
  const debuggers = containers
    .filter(({ labels }) => labels.kind === 'ephemeral')
    .toSorted((a, b) => a.labels.position - b.labels.position)
    .map((container): Slot => {
      const { container: name, image = '' } = container.labels;
      return { entry: { name, kind: 'ephemeral', image }, container };
    });
  const filled = pod.outline.map((entry): Slot => {
    const container = newest(({ labels }) => labels.kind === entry.kind && labels.container === entry.name);
    const image = container?.labels.image ?? entry.image;
    return { entry: image === entry.image ? entry : { ...entry, image }, container };
  });
  const shown = new Set([...filled, ...debuggers].map(({ container }) => container));
  return {
    pod,
    sandbox: newest(({ labels }) => labels.kind === 'sandbox'),
    slots: [...filled, ...debuggers],
    replaced: containers.filter((container) => container.labels.kind !== 'sandbox' && !shown.has(container)),
  };
}

/** The pod's deletion was asked for: its sandbox bears the note, also when nobody here remembers. */
export function isLeaving({ sandbox }: PodSnapshot): boolean {
  return sandbox !== undefined && !sandbox.mayRestart;
}

/** The engine has tried to start it, and could not. */
export function failedToStart({ status, error }: EngineContainer): boolean {
  return error !== '' && (status === 'created' || status === 'exited');
}

/** Its process ran once and is over, and the engine is not about to start it again. */
export function hasEnded(container: EngineContainer): boolean {
  const { status } = container;
  return (status === 'exited' || status === 'dead' || status === 'removing') && !failedToStart(container);
}

/** An init container with its work done: the next may start. */
export function hasSucceeded({ entry, container }: Slot, later: ReadonlyArray<Slot>): boolean {
  if (container === undefined) return entry.kind === 'init' && later.some(wasStarted);
  return hasEnded(container) && container.exitCode === 0;
}

/** Also true for one that has ended since. */
export function wasStarted({ container }: Slot): boolean {
  return container?.startedAt !== undefined;
}
