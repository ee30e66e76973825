import type { PodCounts } from './status-report.ts';

/** How many there are of each; those of which there are none are counted, too. */
export function countStates<State extends string>(
  states: ReadonlyArray<State>,
  found: Iterable<State>,
): PodCounts<State> {
  const counts = Object.fromEntries(states.map((state) => [state, 0])) as Record<State, number>;
  for (const state of found) counts[state] += 1;
  return counts;
}
