import { ownerPath } from '@interlink/protocol';
import type { Generation } from './check.ts';
import { ConformanceFailure } from './failure.ts';
import { type Answer, isSuccess, summarise } from './http/answer.ts';
import type { Caller } from './http/caller.ts';
import { waitUntil } from './wait.ts';

/** After a restart: until the sidecar can tell what it has. @throws ConformanceFailure when it does not in time */
export async function waitUntilAnswers(options: {
  readonly caller: Caller;
  readonly generations: ReadonlyArray<Generation>;
  readonly patienceMs: number;
  readonly signal: AbortSignal;
}): Promise<void> {
  const { caller, generations, patienceMs, signal } = options;
  const isV2 = generations.includes('v2');
  const path = isV2 ? `${ownerPath({ cluster: 'conformance', node: 'restart' })}/pods` : '/status';
  const ask = async (): Promise<Answer | string> => {
    try {
      return await caller.ask({ method: 'GET', path, ...(isV2 ? {} : { json: [] }) }, signal);
    } catch (error) {
      if (error instanceof ConformanceFailure) return error.seen;
      throw error;
    }
  };
  await waitUntil({
    ...{ wanted: 'the sidecar answers after its restart', patienceMs, signal },
    look: async () => {
      const answer = await ask();
      if (typeof answer === 'string') return { seen: answer };
      return isSuccess(answer) ? { found: true, seen: '' } : { seen: summarise(answer) };
    },
  });
}
