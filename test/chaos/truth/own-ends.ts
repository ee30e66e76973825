import type { Plan } from '../plan/plan.ts';
import type { ChaosSite } from '../site/chaos-site.ts';
import type { Breach } from './outcome.ts';

/** Processes that have ended and were not told to. Of two virtual kubelets one ends whose turn is over, and is started again. */
export function ownEndsOf({ members }: ChaosSite, { kubelets }: Plan): Breach[] {
  return Object.entries(members).flatMap(([role, all]) =>
    all.flatMap(({ ownEnds }) =>
      ownEnds
        .filter(() => role !== 'kubelet' || kubelets === 1)
        .map((code): Breach => ({ invariant: 'ended by itself', detail: `${role}, with exit code ${code}` })),
    ),
  );
}
