import type { PodRecord } from '../folder/pod-record.ts';
import { isAlive } from '../runner/process-identity.ts';
import type { ProcessIdentity } from '../runner/records.ts';

/** The runners of each pod when it was read last: what is looked at to find one that was killed, which writes no last word. */
export class LiveRunners {
  readonly #byPod = new Map<string, ReadonlyArray<ProcessIdentity>>();
  /** Pods with a container that is about to start. */
  readonly #starting = new Set<string>();

  note(uid: string, { attempts }: Pick<PodRecord, 'attempts'>): void {
    const runners = attempts.flatMap(({ state }) =>
      state.kind === 'starting' || state.kind === 'running' ? [state.runner] : [],
    );
    if (runners.length === 0) this.#byPod.delete(uid);
    else this.#byPod.set(uid, runners);
    if (attempts.some(({ state }) => state.kind === 'starting')) this.#starting.add(uid);
    else this.#starting.delete(uid);
  }

  forget(uid: string): void {
    this.note(uid, { attempts: [] });
  }

  /** The pods of which something has changed that nobody may have told. Costs one look at the process table for each runner. */
  changed(): string[] {
    const uids = [...this.#byPod].filter(([uid, runners]) => this.#starting.has(uid) || !runners.every(isAlive));
    return uids.map(([uid]) => uid);
  }
}
