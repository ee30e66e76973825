import type { Probe } from '@interlink/protocol';
import { describe, expect, test } from 'vitest';
import type { CommandResult } from '../actions/action-target.ts';
import { localTarget } from '../testing/action-target.ts';
import { ManualClock, settle } from '../testing/manual-clock.ts';
import type { ContainerProbes } from './probe-rules.ts';
import { ProbeWorkers } from './probe-workers.ts';

const exec = (name: string, more: Probe = {}): Probe => ({ exec: { command: [name] }, ...more });
const second = 1_000;

/** Workers whose probes are commands, which end as the test says: by default with 0, at once. */
class Bench {
  readonly clock = new ManualClock(1_000_000);
  readonly runs: string[] = [];
  readonly told: string[] = [];
  answer: (name: string, signal: AbortSignal) => Promise<CommandResult> = async () => ({ exitCode: 0, output: '' });
  readonly workers = new ProbeWorkers({
    clock: this.clock,
    random: () => 0.5,
    onChange: (key) => this.told.push(`${key} changed`),
    onEvent: (_, { reason, message }) => this.told.push(`${reason}: ${message}`),
  });
  readonly #beganMs = this.clock.now();

  /** A container that starts now, or did so many milliseconds ago. */
  watch(probes: ContainerProbes, agoMs = 0, key = 'k', hasStarted = false): void {
    const target = localTarget(1, {
      exec: async ([name = ''], signal) => {
        this.runs.push(`${(this.clock.now() - this.#beganMs) / second}s ${name}`);
        return await this.answer(name, signal);
      },
    });
    this.workers.watch(key, { probes, target, startedAtMs: this.clock.now() - agoMs, hasStarted });
  }

  fail(...names: string[]): void {
    this.answer = async (name) => ({ exitCode: names.includes(name) ? 1 : 0, output: `${name} said no` });
  }

  get state() {
    return this.workers.stateOf('k');
  }
}

describe('ProbeWorkers', () => {
  test('a container that is not watched is not ready, one without probes is', () => {
    const bench = new Bench();
    expect(bench.state).toMatchObject({ started: false, ready: false });
    bench.watch({});
    expect(bench.state).toMatchObject({ started: true, ready: true, settled: true });
    expect(bench.clock.due).toEqual([]);
  });

  test('readiness makes a container ready after its delay, once a period, and tells of it once', async () => {
    const bench = new Bench();
    bench.watch({ readinessProbe: exec('ready', { initialDelaySeconds: 15, periodSeconds: 5 }) });
    expect(bench.state.ready).toBe(false);
    await bench.clock.advance(14_999);
    expect(bench.runs).toEqual([]);
    await bench.clock.advance(10 * second);
    expect(bench.runs).toEqual(['15s ready', '20s ready']);
    expect([bench.state.ready, bench.told]).toEqual([true, ['k changed']]);
  });

  test('a failing readiness probe is told each time, and makes the container unready at the threshold', async () => {
    const bench = new Bench();
    bench.watch({ readinessProbe: exec('ready', { periodSeconds: 1, failureThreshold: 2 }) });
    await bench.clock.advance(0);
    bench.told.length = 0;
    bench.fail('ready');
    const event = 'Unhealthy: Readiness probe failed: ready said no';
    await bench.clock.advance(second);
    expect([bench.state.ready, bench.told]).toEqual([true, [event]]);
    await bench.clock.advance(second);
    expect([bench.state.ready, bench.told]).toEqual([false, [event, event, 'k changed']]);
  });

  test('a failed liveness probe condemns the container and does not run again; readiness does', async () => {
    const bench = new Bench();
    bench.fail('live');
    bench.watch({
      livenessProbe: exec('live', { periodSeconds: 1, failureThreshold: 2, terminationGracePeriodSeconds: 7 }),
      readinessProbe: exec('ready', { periodSeconds: 3 }),
    });
    await bench.clock.advance(9 * second);
    expect(bench.runs).toEqual(['0s live', '0s ready', '1s live', '3s ready', '6s ready', '9s ready']);
    expect(bench.state.liveness).toEqual({
      probe: 'liveness',
      failedAtMs: 1_001_000,
      graceSeconds: 7,
      message: 'Container c failed liveness probe',
    });
  });

  test('the next attempt begins anew', async () => {
    const bench = new Bench();
    bench.fail('live');
    const probes = { livenessProbe: exec('live', { failureThreshold: 1 }), readinessProbe: exec('ready') };
    bench.watch(probes);
    await bench.clock.advance(second);
    expect(bench.state).toMatchObject({ ready: true, liveness: { probe: 'liveness' } });
    bench.fail();
    bench.watch(probes);
    expect(bench.state).toMatchObject({ ready: false, liveness: undefined });
    await bench.clock.advance(0);
    expect(bench.runs).toEqual(['0s live', '0s ready', '1s live', '1s ready']);
  });

  test('told of the same start again, it goes on', async () => {
    const bench = new Bench();
    const probes = { readinessProbe: exec('ready') };
    bench.watch(probes);
    await bench.clock.advance(second);
    bench.watch(probes, second);
    expect(bench.state.ready).toBe(true);
    expect(bench.clock.due).toHaveLength(1);
  });

  test('the startup probe runs alone, and then never again', async () => {
    const bench = new Bench();
    bench.fail('up');
    bench.watch({
      startupProbe: exec('up', { periodSeconds: 4 }),
      livenessProbe: exec('live'),
      readinessProbe: exec('ready'),
    });
    await bench.clock.advance(2 * second);
    expect(bench.state).toMatchObject({ started: false, ready: false });
    bench.fail();
    await bench.clock.advance(9 * second);
    // Readiness is asked at once, liveness at its turn.
    expect(bench.runs).toEqual(['0s up', '4s up', '4s ready', '10s live']);
    expect(bench.state).toMatchObject({ started: true, ready: true });
  });

  test('a failed startup probe condemns the container, too', async () => {
    const bench = new Bench();
    bench.fail('up');
    bench.watch({ startupProbe: exec('up', { failureThreshold: 1 }), readinessProbe: exec('ready') });
    await bench.clock.advance(60 * second);
    expect(bench.runs).toEqual(['0s up']);
    expect(bench.state).toMatchObject({
      started: false,
      liveness: { probe: 'startup', message: 'Container c failed startup probe', graceSeconds: undefined },
    });
  });

  test('a probe that can’t be run changes nothing, and is told', async () => {
    const bench = new Bench();
    bench.watch({ livenessProbe: exec('live', { periodSeconds: 1, failureThreshold: 1 }) });
    bench.answer = async () => await Promise.reject(new Error('the engine is away'));
    await bench.clock.advance(second);
    expect(bench.state.liveness).toBeUndefined();
    const event = 'Unhealthy: Liveness probe errored and resulted in unknown state: the engine is away';
    expect(bench.told).toEqual([event, event]);
  });

  test('a pod that is being deleted keeps readiness, and counts as started', async () => {
    const bench = new Bench();
    bench.fail('up');
    bench.watch({
      startupProbe: exec('up'),
      livenessProbe: exec('live', { periodSeconds: 1 }),
      readinessProbe: exec('ready', { periodSeconds: 2 }),
    });
    await bench.clock.advance(second);
    bench.workers.terminate('k');
    await bench.clock.advance(2 * second);
    expect(bench.runs).toEqual(['0s up', '1s ready', '3s ready']);
    expect(bench.state).toMatchObject({ started: true, ready: true, liveness: undefined });
  });

  test('what a probe says after its pod was told to go counts for nothing', async () => {
    const bench = new Bench();
    const answered = Promise.withResolvers<CommandResult>();
    bench.answer = () => answered.promise;
    bench.watch({ livenessProbe: exec('live', { failureThreshold: 1 }) });
    await bench.clock.advance(0);
    bench.workers.terminate('k');
    answered.resolve({ exitCode: 1, output: '' });
    await settle();
    expect([bench.state.liveness, bench.told]).toEqual([undefined, []]);
  });

  test('stopping breaks off what runs, and leaves no timer behind', async () => {
    const bench = new Bench();
    const signals: AbortSignal[] = [];
    bench.answer = async (_, signal) => {
      signals.push(signal);
      return await new Promise<never>(() => undefined);
    };
    bench.watch({ livenessProbe: exec('live'), readinessProbe: exec('ready', { initialDelaySeconds: 60 }) });
    await bench.clock.advance(0);
    bench.workers.close();
    await settle();
    expect([signals.map(({ aborted }) => aborted), bench.clock.due, bench.told]).toEqual([[true], [], []]);
  });

  test('whoever is told of a run may stop it', async () => {
    const clock = new ManualClock();
    const workers: ProbeWorkers = new ProbeWorkers({
      clock,
      onChange: () => undefined,
      onEvent: () => workers.close(),
    });
    workers.watch('k', { probes: { livenessProbe: {} }, target: localTarget(1), startedAtMs: 0 });
    await clock.advance(0);
    expect(clock.due).toEqual([]);
  });

  test('a slow probe takes no second place, and one missed turn only', async () => {
    const bench = new Bench();
    const slow = Promise.withResolvers<CommandResult>();
    bench.answer = () => slow.promise;
    bench.watch({ readinessProbe: exec('ready', { periodSeconds: 1, timeoutSeconds: 10 }) });
    await bench.clock.advance(3_500);
    expect(bench.runs).toEqual(['0s ready']);
    slow.resolve({ exitCode: 0, output: '' });
    await settle();
    await bench.clock.advance(second);
    expect(bench.runs).toEqual(['0s ready', '3.5s ready', '4s ready']);
  });

  test('no more than 32 probes run at once', async () => {
    const bench = new Bench();
    const answered = Promise.withResolvers<CommandResult>();
    bench.answer = () => answered.promise;
    for (let n = 0; n < 40; n += 1) bench.watch({ readinessProbe: exec('ready') }, 0, `k${n}`);
    await bench.clock.advance(0);
    expect(bench.runs).toHaveLength(32);
    answered.resolve({ exitCode: 0, output: '' });
    await settle();
    expect(bench.runs).toHaveLength(40);
  });

  describe('of a container that ran before this process', () => {
    const probes = { livenessProbe: exec('live'), readinessProbe: exec('ready') };

    test('readiness is asked at once and liveness within its period; until then its state is no news', async () => {
      const bench = new Bench();
      bench.watch(probes, 60 * second);
      expect(bench.state.settled).toBe(false);
      await bench.clock.advance(0);
      expect(bench.state).toMatchObject({ settled: true, ready: true });
      await bench.clock.advance(6 * second);
      expect(bench.runs).toEqual(['0s ready', '5s live']);
    });

    test('an answer that is none settles it, too', async () => {
      const bench = new Bench();
      bench.answer = async () => await Promise.reject(new Error('away'));
      bench.watch(probes, 60 * second);
      await bench.clock.advance(0);
      expect(bench.state).toMatchObject({ settled: true, ready: false });
      expect(bench.told.at(-1)).toBe('k changed');
    });

    test('readiness is awaited only once the startup probe has passed', async () => {
      const bench = new Bench();
      bench.fail('up');
      bench.watch({ ...probes, startupProbe: exec('up', { periodSeconds: 1 }) }, 60 * second);
      await bench.clock.advance(0);
      expect(bench.state).toMatchObject({ settled: true, started: false });
    });

    test('a startup probe that is remembered to have passed does not run again', async () => {
      const bench = new Bench();
      bench.fail('up');
      bench.watch({ ...probes, startupProbe: exec('up') }, 60 * second, 'k', true);
      expect(bench.state).toMatchObject({ started: true, settled: false });
      await bench.clock.advance(0);
      expect(bench.runs).toEqual(['0s ready']);
      expect(bench.state).toMatchObject({ ready: true, settled: true });
    });

    test('one that could not have been ready yet is settled', () => {
      const bench = new Bench();
      bench.watch({ readinessProbe: exec('ready', { initialDelaySeconds: 100 }) }, 60 * second);
      expect(bench.state.settled).toBe(true);
    });
  });

  test('an engine whose clock is ahead does not delay probes', async () => {
    const bench = new Bench();
    bench.watch({ readinessProbe: exec('ready', { initialDelaySeconds: 2 }) }, -3_600 * second);
    await bench.clock.advance(2 * second);
    expect(bench.runs).toEqual(['2s ready']);
  });
});
