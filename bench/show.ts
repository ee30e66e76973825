import { percentile } from './report.ts';

/** One figure, on a line. */
export function show(name: string, value: string): void {
  process.stdout.write(`${name.padEnd(46)} ${value}\n`);
}

export function ms(time: number): string {
  return `${time.toFixed(0)} ms`;
}

export function spread(samples: ReadonlyArray<number>): string {
  return `p50 ${ms(percentile(samples, 0.5))}, p99 ${ms(percentile(samples, 0.99))}`;
}

/** @returns milliseconds that it took */
export async function timed(run: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await run();
  return performance.now() - startedAt;
}

/** For each number below the count, so many at once. */
export async function inParallel(
  count: number,
  atOnce: number,
  run: (index: number) => Promise<unknown>,
): Promise<void> {
  const todo = Array.from({ length: count }).keys();
  const work = async () => {
    for (const index of todo) await run(index);
  };
  await Promise.all(Array.from({ length: atOnce }, work));
}
