import type { Logger, PodStats } from '@interlink/sidecar-sdk';
import type { Engine } from '../engine/engine.ts';
import { isNotFound } from '../engine/engine-error.ts';
import { type ControlGroup, ControlGroups } from './control-groups.ts';
import { toNetwork, toUsage } from './engine-usage.ts';
import { toNetworkStats, type Usage } from './usage.ts';

/** What is known of a running container until it ends. */
interface KnownRun {
  readonly group: ControlGroup;
  startedAt: string | undefined;
}

export interface Measurement {
  /** RFC 3339. */
  readonly startedAt: string;
  readonly usage: Usage;
}

/**
 * Measures running containers: from the kernel's files where they are on this machine, else by asking the engine. Since when a
 * container runs is asked once per start. One that can't be measured is left out.
 */
export class ContainerMeter {
  readonly #engine: Engine;
  readonly #logger: Logger;
  readonly #groups: ControlGroups;
  readonly #runs = new Map<string, KnownRun>();

  constructor(engine: Engine, logger: Logger, groups = new ControlGroups()) {
    this.#engine = engine;
    this.#logger = logger;
    this.#groups = groups;
  }

  /** This machine's kernel knows some of the containers. */
  get isLocal(): boolean {
    return this.#runs.size > 0;
  }

  /** Looks where these containers' accounts are, as far as that is not known. @param all whatever runs: the rest is forgotten */
  async prepare(ids: ReadonlyArray<string>, all: ReadonlySet<string>): Promise<void> {
    for (const id of this.#runs.keys()) if (!all.has(id)) this.#runs.delete(id);
    const unknown = new Set(ids.filter((id) => !this.#runs.has(id)));
    if (unknown.size === 0) return;
    for (const [id, group] of await this.#groups.find(unknown)) this.#runs.set(id, { group, startedAt: undefined });
  }

  async measure(id: string): Promise<Measurement | undefined> {
    return await this.#unlessGone(id, async () => {
      const run = this.#runs.get(id);
      if (run === undefined) {
        const [startedAt, stats] = await Promise.all([this.#startOf(id), this.#engine.containerStats(id)]);
        return startedAt === undefined ? undefined : { startedAt, usage: toUsage(stats) };
      }
      run.startedAt ??= await this.#startOf(id);
      const usage = await this.#groups.read(run.group);
      if (usage !== undefined && run.startedAt !== undefined) return { startedAt: run.startedAt, usage };
      // It ended, or was started anew: the next reading looks again.
      this.#runs.delete(id);
      return undefined;
    });
  }

  /** @param id of a pod's sandbox, whose network is the pod's */
  async network(id: string): Promise<PodStats['network']> {
    return await this.#unlessGone(id, async () => {
      const run = this.#runs.get(id);
      if (run === undefined) return toNetwork(await this.#engine.containerStats(id));
      const devices = await this.#groups.readNetwork(run.group);
      return devices === undefined ? undefined : toNetworkStats(devices, new Date());
    });
  }

  async #startOf(id: string): Promise<string | undefined> {
    const { State: state } = await this.#engine.inspectContainer(id);
    return state.Running ? new Date(state.StartedAt).toISOString() : undefined;
  }

  async #unlessGone<T>(id: string, read: () => Promise<T | undefined>): Promise<T | undefined> {
    try {
      return await read();
    } catch (err) {
      if (!isNotFound(err)) this.#logger.debug({ err, containerID: id }, 'container not measured');
      return undefined;
    }
  }
}
