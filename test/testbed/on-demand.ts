import { once } from 'node:events';
import { createServer } from 'node:http';
import { requestEngine } from './docker/engine-api.ts';
import type { Part } from './requirements.ts';
import type { PodmanData, SlurmClusterData, SlurmHostData, TestbedData } from './testbed-data.ts';

/** What a part that is started when a test first asks for it tells of itself. */
export interface OnDemandParts {
  slurmHost: SlurmHostData;
  slurmCluster: SlurmClusterData;
  podman: PodmanData;
}
export type OnDemandPart = keyof OnDemandParts & Part;

/** How each part is started; those that can't be are absent. */
export type Starters = { readonly [Name in OnDemandPart]?: () => Promise<OnDemandParts[Name]> };

/**
 * Time for the hook of a test that asks for a part: the first one waits until it is started, and on a machine that has never run it (and
 * where `make test` has not prepared it) until an image is built.
 */
export const ON_DEMAND_TIMEOUT_MS = 600_000;

/** Starts parts for whoever asks first; the others get the same one. Part of the supervisor, asked over a socket. */
export class OnDemand {
  readonly #starters: Starters;
  readonly #started = new Map<OnDemandPart, Promise<unknown>>();
  readonly #server = createServer((request, response) => {
    const name = request.url?.slice(1) as OnDemandPart;
    this.start(name).then(
      (data) => response.end(JSON.stringify(data)),
      (error: Error) => response.writeHead(500).end(error.message),
    );
  });

  constructor(starters: Starters) {
    this.#starters = starters;
  }

  async listen(socket: string): Promise<void> {
    this.#server.listen(socket);
    await once(this.#server, 'listening');
  }

  /** Starts a part unless it runs. One that failed to start is tried again by the next who asks. */
  async start<Name extends OnDemandPart>(name: Name): Promise<OnDemandParts[Name]> {
    const starter = this.#starters[name];
    if (starter === undefined) throw new Error(`the testbed has no part "${name}" to start`);
    const started = (this.#started.get(name) as Promise<OnDemandParts[Name]> | undefined) ?? starter();
    this.#started.set(name, started);
    started.catch(() => this.#started.delete(name));
    return await started;
  }

  /** Takes no more requests; returns when nothing is starting any more. Those who wait hear of the failure. */
  async close(): Promise<void> {
    this.#server.close();
    await Promise.allSettled(this.#started.values());
    this.#server.closeAllConnections();
  }
}

/** Whether tests that need this part can run here; what the machine lacks is told at the end of the run. */
export function offers({ onDemand }: TestbedData, name: OnDemandPart): boolean {
  return onDemand?.parts.includes(name) ?? false;
}

/** Slurm on this machine, shared by all tests of the run: they know their own jobs by names of their own, and leave none behind. */
export async function slurmHost(testbed: TestbedData): Promise<SlurmHostData> {
  return await ask(testbed, 'slurmHost');
}

/** The Slurm cluster in containers, shared likewise. */
export async function slurmCluster(testbed: TestbedData): Promise<SlurmClusterData> {
  return await ask(testbed, 'slurmCluster');
}

/** Podman, shared likewise: who makes pods there removes them. */
export async function podman(testbed: TestbedData): Promise<PodmanData> {
  return await ask(testbed, 'podman');
}

async function ask<Name extends OnDemandPart>({ onDemand }: TestbedData, name: Name): Promise<OnDemandParts[Name]> {
  if (onDemand === undefined) throw new Error(`Cannot start ${name}: this testbed starts nothing on demand`);
  const { status, text } = await requestEngine(onDemand.socket, { method: 'POST', path: `/${name}` });
  if (status !== 200) throw new Error(`Cannot start ${name}: ${text}`);
  return JSON.parse(text) as OnDemandParts[Name];
}
