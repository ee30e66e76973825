import { hostname, totalmem } from 'node:os';
import { type NodeStats, readMachineUsage } from '@interlink/sidecar-sdk';
import type { Engine } from '../engine/engine.ts';

/** The machine that the engine runs its containers on: measured only when it is this one, as the engine does not tell. */
export class EngineMachine {
  readonly #engine: Engine;
  #isHere: boolean | undefined;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** @param hasLocalContainers this machine's kernel knows containers of the engine: it is here, whatever it is called */
  async measure(hasLocalContainers: boolean): Promise<NodeStats['node']> {
    if (hasLocalContainers) this.#isHere = true;
    this.#isHere ??= await this.#looksLikeHere();
    return this.#isHere ? await readMachineUsage() : undefined;
  }

  async #looksLikeHere(): Promise<boolean> {
    const { host, memoryBytes } = await this.#engine.info();
    return host === hostname() && memoryBytes === totalmem();
  }
}
