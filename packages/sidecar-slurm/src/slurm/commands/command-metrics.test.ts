import { Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { createCommandMetrics } from './command-metrics.ts';

test('createCommandMetrics() counts commands by program and outcome, and times them', async () => {
  const registry = new Registry();
  const recorder = createCommandMetrics(registry);
  recorder.recordCommand('squeue', 'ok', 20);
  recorder.recordCommand('squeue', 'ok', 200);
  recorder.recordCommand('sbatch', 'refused', 5);
  expect(recorder.count).toBe(3);
  const text = await registry.metrics();
  expect(text).toContain('interlink_slurm_commands_total{program="squeue",outcome="ok"} 2');
  expect(text).toContain('interlink_slurm_commands_total{program="sbatch",outcome="refused"} 1');
  expect(text).toContain('interlink_slurm_command_duration_seconds_bucket{le="0.03",program="squeue"} 1');
});
