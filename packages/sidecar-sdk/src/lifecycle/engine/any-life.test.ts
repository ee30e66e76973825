import type { Container, Pod } from '@interlink/protocol';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PATIENCE } from '../../../../../test/testbed/patience.ts';
import type { Run, Scripts } from '../testing/container-script.ts';
import { containerOf, podOf, podUid, preStop, sidecarOf } from '../testing/pods.ts';
import { SimulatedSidecar } from '../testing/simulated-sidecar.ts';

/** A pod that comes to its end by itself, and how the world around it behaves. */
interface Life {
  readonly spec: Partial<Pod['spec']>;
  readonly scripts: Scripts;
  /** How long calls take, in milliseconds, over and over. */
  readonly latenciesMs: ReadonlyArray<number>;
  /** How long a process lives before it is killed. */
  readonly killsMs: ReadonlyArray<number>;
}

const seconds = fc.integer({ min: 0, max: 6 });
const failure: fc.Arbitrary<Run> = fc.oneof(
  fc.record({ seconds, exitCode: fc.constantFrom(1, 137) }),
  fc.constant({ startError: 'exec format error' }),
);
const success: fc.Arbitrary<Run> = seconds.map((seconds) => ({ seconds }));
/** Fails a few times, and then does its work. */
const work = fc.tuple(fc.array(failure, { maxLength: 2 }), success).map(([failures, last]) => [...failures, last]);
/** Crashes a few times, and then stays. */
const service = fc
  .tuple(fc.array(failure, { maxLength: 1 }), fc.record({ stopSeconds: seconds }))
  .map(([crashes, last]) => [...crashes, last]);
const hook = fc.boolean().map((hasHook): Partial<Container> => (hasHook ? { lifecycle: preStop } : {}));

function containers(prefix: string, minLength: number, maxLength: number) {
  const container = fc.record({ isSidecar: fc.boolean(), more: hook, work, service });
  return fc.array(container, { minLength, maxLength }).map((all) =>
    all.map(({ isSidecar, more, work, service }, index) => {
      const name = `${prefix}${index}`;
      const isService = prefix === 'init' && isSidecar;
      return { spec: isService ? sidecarOf(name, more) : containerOf(name, more), runs: isService ? service : work };
    }),
  );
}

const life: fc.Arbitrary<Life> = fc
  .record({
    restartPolicy: fc.constantFrom('Never' as const, 'OnFailure' as const),
    inits: containers('init', 0, 3),
    mains: containers('main', 1, 2),
    latenciesMs: fc.array(fc.integer({ min: 0, max: 1_500 }), { minLength: 1, maxLength: 7 }),
    killsMs: fc.array(fc.integer({ min: 0, max: 12_000 }), { maxLength: 4 }),
  })
  .map(({ restartPolicy, inits, mains, latenciesMs, killsMs }) => ({
    spec: { restartPolicy, initContainers: inits.map(({ spec }) => spec), containers: mains.map(({ spec }) => spec) },
    scripts: Object.fromEntries([...inits, ...mains].map(({ spec, runs }) => [spec.name, runs])),
    latenciesMs,
    killsMs,
  }));

function begin({ spec, scripts, latenciesMs }: Life): SimulatedSidecar {
  let calls = 0;
  const sidecar = new SimulatedSidecar(() => latenciesMs[calls++ % latenciesMs.length] ?? 0);
  for (const { name } of [...(spec.initContainers ?? []), ...(spec.containers ?? [])])
    sidecar.script.hooks.set(`preStop ${name}`, { seconds: 1 });
  sidecar.submit(podOf(spec), scripts);
  return sidecar;
}

/** How each container ended, and after how many restarts where that is no matter of time. */
function outcomeOf(sidecar: SimulatedSidecar): unknown {
  const { initContainerStatuses = [], containerStatuses } = sidecar.report.status;
  const isService = (name: string) =>
    sidecar.engine.pods
      .get(podUid)
      ?.pod.spec.initContainers?.some((init) => init.name === name && init.restartPolicy === 'Always') === true;
  return [...initContainerStatuses, ...containerStatuses].map(({ name, state, restartCount }) => {
    if (isService(name)) return [name, state.running === undefined];
    return [name, restartCount, state.terminated?.exitCode, state.terminated?.reason, state.waiting?.reason];
  });
}

const anHour = 3_600;

test(
  'A pod ends in the same way however slow its engine is and however often its process is killed',
  async () => {
    await fc.assert(
      fc.asyncProperty(life, async (any) => {
        const calm = begin({ ...any, latenciesMs: [0] });
        await calm.passSeconds(anHour);
        const wild = begin(any);
        for (const ms of any.killsMs) {
          await wild.clock.advance(ms);
          wild.restart();
        }
        await wild.passSeconds(anHour);
        expect(wild.engine.violations).toEqual([]);
        expect(outcomeOf(wild)).toEqual(outcomeOf(calm));
        expect(wild.clock.pending).toBe(0);
      }),
      { numRuns: 60 },
    );
  },
  60_000 * PATIENCE,
);

test(
  'A deleted pod goes, however slow its engine is and however often its process is killed',
  async () => {
    const grace = fc.integer({ min: 0, max: 10 });
    await fc.assert(
      fc.asyncProperty(life, fc.integer({ min: 0, max: 10_000 }), grace, async (any, deletedMs, graceSeconds) => {
        const wild = begin(any);
        await wild.clock.advance(deletedMs);
        await wild.askToGo(graceSeconds);
        for (const ms of any.killsMs) {
          await wild.clock.advance(ms);
          wild.restart();
          // Its owner asks until the engine has noted it.
          if (wild.engine.pods.get(podUid)?.deletion === undefined) await wild.askToGo(graceSeconds);
        }
        await wild.passSeconds(anHour);
        expect(wild.engine.violations).toEqual([]);
        expect(wild.engine.pods.size).toBe(0);
        expect(wild.clock.pending).toBe(0);
      }),
      { numRuns: 60 },
    );
  },
  60_000 * PATIENCE,
);
