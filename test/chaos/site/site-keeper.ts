import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { type KubeClient, nodes } from '@interlink/kube';
import { ChaosSite } from './chaos-site.ts';
import { moveFolder } from './move-folder.ts';
import type { SiteShape } from './site-shape.ts';
import type { ChaosSiteOptions } from './surroundings.ts';

export interface SiteKeeperOptions
  extends Pick<ChaosSiteOptions, 'controlPlane' | 'apiServer' | 'runtime' | 'binaries'> {
  /** Straight to the API server that has no faults. */
  readonly client: KubeClient;
}

/**
 * Keeps the system that a seed has left whole for the next seed that can use it: its processes are older then than any that were just
 * started, and the start is most of what a seed takes besides its faults.
 */
export class SiteKeeper {
  readonly #options: SiteKeeperOptions;
  #kept: ChaosSite | undefined;

  constructor(options: SiteKeeperOptions) {
    this.#options = options;
  }

  /** The one that is kept, or another in its place. Returns when its nodes are registered and its backends within reach. */
  async take(shape: SiteShape): Promise<ChaosSite> {
    const kept = this.#kept;
    this.#kept = undefined;
    if (kept !== undefined && isDeepStrictEqual(kept.shape, shape)) return kept;
    if (kept !== undefined) await this.remove(kept);
    const directory = await mkdtemp(join(tmpdir(), 'chaos-site-'));
    const name = `chaos-${Math.random().toString(36).slice(2, 8)}`;
    const site = await ChaosSite.prepare({ ...this.#options, shape, directory, name });
    try {
      await site.start();
      return site;
    } catch (error) {
      await this.remove(site);
      throw error;
    }
  }

  /** For the next seed. Of two virtual kubelets nobody knows now which one leads, and the plan has to. */
  async giveBack(site: ChaosSite): Promise<void> {
    if (site.shape.kubelets === 1) this.#kept = site;
    else await this.remove(site);
  }

  /** @param logs where what it has written is moved to; default: nowhere */
  async remove(site: ChaosSite, logs?: string): Promise<void> {
    await site.stop();
    const { client } = this.#options;
    for (const node of Object.values(site.nodes)) await client.delete(nodes, { name: node }).catch(() => undefined);
    if (logs === undefined) await rm(site.directory, { recursive: true });
    else await moveFolder(site.directory, logs);
  }

  async close(): Promise<void> {
    if (this.#kept !== undefined) await this.remove(this.#kept);
    this.#kept = undefined;
  }
}
