import { setTimeout as sleep } from 'node:timers/promises';
import type { HttpTarget } from '@interlink/protocol';
import { percentile } from '../report.ts';
import { show } from '../show.ts';

export interface Pace {
  readonly callsPerSecond: number;
  readonly seconds: number;
}

/** V8 compiles what has run this often; before that a call may take 45 ms. */
const warmUpCalls = 3_000;

/**
 * Calls at an even pace, whether or not earlier ones are answered, and shows how long each took. In between this process sleeps: on a
 * machine of two cores one that spins has the servers share the other.
 */
export async function callSteadily(name: string, target: HttpTarget, path: string, pace: Pace): Promise<void> {
  for (let call = 0; call < warmUpCalls; call += 1) await ask(target, path);
  const times: number[] = [];
  const running: Promise<void>[] = [];
  const startedAt = performance.now();
  const count = pace.callsPerSecond * pace.seconds;
  for (let call = 0; call < count; call += 1) {
    const due = startedAt + (call * 1_000) / pace.callsPerSecond;
    const early = due - performance.now();
    if (early > 0) await sleep(early);
    const sentAt = performance.now();
    running.push(ask(target, path).then(() => void times.push(performance.now() - sentAt)));
  }
  await Promise.all(running);
  const [p50, p99] = [percentile(times, 0.5), percentile(times, 0.99)];
  show(`${name}: ${pace.callsPerSecond} calls/s`, `p50 ${p50.toFixed(2)} ms, p99 ${p99.toFixed(2)} ms`);
}

async function ask(target: HttpTarget, path: string): Promise<void> {
  const { statusCode, body } = await target.send({ method: 'GET', path });
  await body.dump();
  if (statusCode !== 200) throw new Error(`${path} was answered with ${statusCode}`);
}
