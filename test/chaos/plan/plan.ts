import { Random } from '../../random.ts';
import { type FaultName, faultNamesOf, leaderStopMs, needsReplicas, needsTwoKubelets } from './fault-names.ts';
import { addHelpers, type PodLife, planPods } from './pod-life.ts';
import type { SiteKind } from './site-kind.ts';

export interface PlannedFault {
  readonly name: FaultName;
  /** From the beginning of the run. */
  readonly atMs: number;
  readonly forMs: number;
  /** For what a fault has to choose itself. */
  readonly seed: number;
}

/** All that is done in one run; nothing else decides what happens, but for how fast machine and product are. */
export interface Plan {
  readonly seed: number;
  readonly kind: SiteKind;
  readonly kubelets: 1 | 2;
  readonly replicas: 1 | 2;
  readonly faults: ReadonlyArray<PlannedFault>;
  readonly pods: ReadonlyArray<PodLife>;
}

/** Faults are over by then, but for a leader that is stopped. */
export const lastFaultMs = 9_000;

/** Far from the seeds that somebody runs. */
const helperSeeds = 1_000_000;

/**
 * What a seed stands for: the same for the same seed, always. Odd seeds have one fault, each in its turn, so that as many odd seeds as
 * there are faults meet each once; even ones have two to four at random.
 */
export function makePlan(seed: number, kind: SiteKind = 'process'): Plan {
  const random = new Random(seed);
  const all = faultNamesOf[kind];
  const names = seed % 2 === 1 ? [single(seed, all)] : mixed(random, all);
  const faults = names.map((name) => planFault(random, name));
  const count = random.between(12, 20);
  const pods = Array.from({ length: count }, (_, index) =>
    planPods(random, index, index % 4 === 3 ? 'mock' : 'real'),
  ).flat();
  return {
    seed,
    kind,
    kubelets: names.some(needsTwoKubelets) ? 2 : 1,
    replicas: names.some(needsReplicas) ? 2 : 1,
    faults: faults.toSorted((a, b) => a.atMs - b.atMs),
    pods: addHelpers(new Random(seed + helperSeeds), pods),
  };
}

function single(seed: number, all: ReadonlyArray<FaultName>): FaultName {
  return all[((seed - 1) / 2) % all.length] as FaultName;
}

function mixed(random: Random, all: ReadonlyArray<FaultName>): FaultName[] {
  const names = new Set<FaultName>();
  const count = random.between(2, 4);
  while (names.size < count) names.add(random.pick(all));
  return [...names];
}

function planFault(random: Random, name: FaultName): PlannedFault {
  const isLeaderStop = name === 'two kubelets, the leader stopped';
  const forMs = random.between(300, 5_000);
  // The other kubelet takes its time: early, so that the run is over in time.
  const atMs = needsTwoKubelets(name) ? random.between(500, 1_500) : random.between(500, lastFaultMs - forMs);
  return { name, atMs, forMs: isLeaderStop ? leaderStopMs : forMs, seed: random.between(1, 1_000_000) };
}
