import { InterLinkError, sleep } from '@interlink/sidecar-sdk';
import type { Engine } from '../engine/engine.ts';
import { unlessGone } from './unless-gone.ts';

const stepMs = 50;
const maxSteps = 40;

/**
 * From now on the engine never starts the container again; one that is gone is a success. A container that ends in this very
 * moment makes the engine fail with "cannot update a stopped container" and take its note back: then it is asked again.
 */
export async function forbidRestart(engine: Engine, id: string): Promise<void> {
  for (let step = 1; ; step += 1) {
    try {
      return await unlessGone(engine.forbidRestart(id));
    } catch (error) {
      if (step === maxSteps || InterLinkError.from(error).code !== 'internal') throw error;
      await sleep(stepMs, neverAborted);
    }
  }
}

const neverAborted = new AbortController().signal;
