import type { Pod } from '@interlink/kube';
import { type WaitOptions, waitFor } from '../../testbed/index.ts';
import { describeStatus } from './describe-status.ts';
import type { EngineView } from './engine.ts';
import type { Namespace } from './namespace.ts';

/** Waits until all pods of the namespace have the wanted phase. @returns them */
export async function waitForAll(
  namespace: Namespace,
  names: ReadonlyArray<string>,
  phase: string,
  options: WaitOptions = { timeoutMs: 60_000, intervalMs: 500 },
): Promise<Pod[]> {
  return await waitFor(
    `${names.length} pods to be ${phase}`,
    async () => {
      const found = (await namespace.pods()).filter(({ metadata }) => names.includes(metadata?.name ?? ''));
      const others = found.filter(({ status }) => status?.phase !== phase);
      if (found.length === names.length && others.length === 0) return found;
      const words = others.map((pod) => `${pod.metadata?.name}: ${describeStatus(pod)}`);
      throw new Error(`${found.length} of ${names.length} pods are there; ${words.join('; ')}`);
    },
    options,
  );
}

/** Each declared container of these pods as the API knows it, in the form of `EngineView.inventory`. */
export function inventoryOf(pods: ReadonlyArray<Pod>): string[] {
  const lines = pods.flatMap(({ metadata, status }) =>
    (status?.containerStatuses ?? []).map(({ containerID }) => `${metadata?.uid} ${containerID}`),
  );
  return lines.sort();
}

/** Ends the pods' containers past the product, as if their programs had come to their end. They must know TERM. */
export async function endByThemselves(pods: ReadonlyArray<Pod>, engine: EngineView): Promise<void> {
  for (const { metadata } of pods) {
    const containers = async () => await engine.declaredContainersOf(metadata?.uid ?? '');
    for (const container of await containers()) await engine.terminate(container);
    await waitFor(`pod ${metadata?.name} to end`, async () =>
      (await containers()).every(({ State }) => State === 'exited'),
    );
  }
}

/** @returns `prefix-0`, `prefix-1`, … */
export function numbered(prefix: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}-${index}`);
}
