import type { PodLabels } from '../identity/labels.ts';
import type { EngineContainer } from './engine-container.ts';

/** A pod as the engine holds it at one moment. */
export interface PodSnapshot {
  readonly pod: PodLabels;
  readonly sandbox: EngineContainer | undefined;
  /** All attempts of all containers, in any order. */
  readonly containers: ReadonlyArray<EngineContainer>;
}

export function toSnapshot(pod: PodLabels, containers: ReadonlyArray<EngineContainer>): PodSnapshot {
  return {
    pod,
    sandbox: containers.find(({ labels }) => labels.kind === 'sandbox'),
    containers: containers.filter(({ labels }) => labels.kind !== 'sandbox'),
  };
}

/** The pod's deletion was asked for: its sandbox bears the note, also when nobody here remembers. */
export function isLeaving({ sandbox }: PodSnapshot): boolean {
  return sandbox !== undefined && !sandbox.mayRestart;
}

/** The newest attempt of a container that was ever started, else the newest. */
export function findContainer({ containers }: PodSnapshot, name: string): EngineContainer | undefined {
  const attempts = attemptsOf(containers, name);
  return attempts.find(({ startedAt }) => startedAt !== undefined) ?? attempts[0];
}

/** Newest first. */
export function attemptsOf(containers: ReadonlyArray<EngineContainer>, name: string): EngineContainer[] {
  return containers
    .filter(({ labels }) => labels.container === name)
    .toSorted((a, b) => b.labels.attempt - a.labels.attempt);
}

/** The engine has tried to start it, and could not. */
export function failedToStart({ status, error }: EngineContainer): boolean {
  return error !== '' && (status === 'created' || status === 'exited');
}
