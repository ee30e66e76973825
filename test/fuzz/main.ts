import { parseArgs } from 'node:util';
import { maxGrownBytes, type Result, render, runTarget } from './run-target.ts';
import { targets } from './targets/index.ts';
import { Watchdog } from './watchdog.ts';

/** Of the processor. More for one input is a parser whose work grows faster than what it reads. */
const maxInputMs = 3_000;
const longBytes = 128 * 1024;

// `make fuzz`: see docs/security.md. Exits 1 when something does not hold.
const { values } = parseArgs({
  options: { inputs: { type: 'string' }, seed: { type: 'string' }, target: { type: 'string' } },
});
const chosen = targets.filter(({ name }) => values.target === undefined || name === values.target);
if (chosen.length === 0)
  throw new Error(`There is no target ${values.target}: ${targets.map(({ name }) => name).join(', ')}`);
const seed = Number(values.seed ?? Date.now() % 2 ** 31);
const each = Math.ceil(Number(values.inputs ?? 1_000_000) / chosen.length);
// The YAML library tells of odd documents by these.
process.removeAllListeners('warning');
const watchdog = new Watchdog(20 * maxInputMs);
const results: Result[] = [];
let failures = 0;

process.stdout.write(`seed ${seed}, ${each} inputs for each of ${chosen.length} targets\n`);
for (const target of chosen) {
  try {
    const result = await runTarget(target, {
      inputs: each,
      seed,
      longBytes,
      onInput: (input) => watchdog.begin(target.name, input),
    });
    results.push(result);
    process.stdout.write(`${line(result)}\n`);
    if (result.slowestMs > maxInputMs) process.stdout.write(`  input: ${render(result.slowest)}\n`);
    if (result.slowestMs > maxInputMs || result.grownBytes > maxGrownBytes) failures += 1;
  } catch (error) {
    failures += 1;
    process.stdout.write(`${error instanceof Error ? error.message : String(error)}\n`);
  }
}
await watchdog.close();
const inputs = results.reduce((sum, result) => sum + result.inputs, 0);
const seconds = results.reduce((sum, result) => sum + result.seconds, 0);
process.stdout.write(
  `${inputs} inputs in ${seconds.toFixed(0)} s (${Math.round(inputs / seconds)} a second), ${failures} failures\n`,
);
if (failures > 0) process.exitCode = 1;

function line({ name, inputs, seconds, slowestMs, grownBytes }: Result): string {
  const slow = slowestMs > maxInputMs ? ' TOO SLOW' : '';
  const grown = grownBytes > maxGrownBytes ? ' GROWS' : '';
  const columns = [
    name.padEnd(20),
    `${inputs} inputs`,
    `${seconds.toFixed(1)} s`,
    `slowest ${slowestMs.toFixed(0)} ms`,
  ];
  return `${columns.join('  ')}  ${(grownBytes / 2 ** 20).toFixed(1)} MiB kept${slow}${grown}`;
}
