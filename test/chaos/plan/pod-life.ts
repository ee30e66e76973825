import type { Random } from '../../random.ts';

/** The life of one pod, as it is due when nothing else interferes. */
export interface PodLife {
  readonly name: string;
  /** `real`: a command, which notes its starts and ends; `mock`: played. */
  readonly backend: 'real' | 'mock';
  /** From the beginning of the run. */
  readonly createAtMs: number;
  readonly runMs: number;
  readonly exitCode: number;
  /** Of the container: that many attempts fail first, and are repeated (restartPolicy OnFailure). */
  readonly failures: number;
  /** A second container beside it, in pods that nothing is repeated in. */
  readonly helper: { readonly runMs: number; readonly exitCode: number } | undefined;
  /** Whether it ends when it is told to, with 143, or only when it is killed. */
  readonly obeysTerm: boolean;
  /** Somebody deletes it. */
  readonly deletion: { readonly atMs: number; readonly graceSeconds: number } | undefined;
}

/** Of a pod that lives its life to its end. */
export function duePhase({ exitCode, helper }: Pick<PodLife, 'exitCode' | 'helper'>): 'Succeeded' | 'Failed' {
  return exitCode === 0 && (helper?.exitCode ?? 0) === 0 ? 'Succeeded' : 'Failed';
}

/** Pods are created until then, but for those that take another's name. */
export const lastCreateMs = 6_000;
const exitCodes = [0, 0, 0, 1, 3, 42, 255];

function planPod(random: Random, index: number, backend: PodLife['backend']): PodLife {
  const createAtMs = random.between(0, lastCreateMs);
  const runMs = random.pick([0, 300, 1_000, 2_000, 4_000, 6_000]);
  const isRepeated = backend === 'real' && random.chance(0.15);
  const deletion = random.chance(0.35)
    ? { atMs: createAtMs + random.between(50, 5_000), graceSeconds: random.pick([0, 1, 2, 5]) }
    : undefined;
  return {
    name: `p-${String(index).padStart(2, '0')}`,
    backend,
    // Its second attempt waits for 10 s: early, so that the run is over in time.
    createAtMs: isRepeated ? Math.min(createAtMs, 1_000) : createAtMs,
    runMs: isRepeated ? Math.min(runMs, 1_000) : runMs,
    exitCode: isRepeated ? 0 : random.pick(exitCodes),
    failures: isRepeated ? 1 : 0,
    helper: undefined,
    obeysTerm: random.chance(0.7),
    deletion: isRepeated ? undefined : deletion,
  };
}

const nameIsFreeAfterMs = 50;

/** One pod, or two of the same name: the other is made as soon as the first is gone from the API, which need not wait for its backend. */
export function planPods(random: Random, index: number, backend: PodLife['backend']): PodLife[] {
  const pod = planPod(random, index, backend);
  const other = planPod(random, index, backend);
  const createAtMs = (pod.deletion?.atMs ?? 0) + nameIsFreeAfterMs;
  const hasOther = pod.deletion?.graceSeconds === 0 && random.chance(0.5);
  return hasOther ? [pod, { ...other, createAtMs, failures: 0, deletion: undefined }] : [pod];
}

/** A third of the pods that can have one gets a second container, by numbers of its own: the rest of a plan stays as it was without. */
export function addHelpers(random: Random, lives: ReadonlyArray<PodLife>): PodLife[] {
  return lives.map((life) => {
    const helper = { runMs: random.pick([0, 1_000, 3_000, 6_000]), exitCode: random.pick([0, 0, 7]) };
    const canHave = life.backend === 'real' && life.failures === 0;
    return random.chance(1 / 3) && canHave ? { ...life, helper } : life;
  });
}
