import { Counter, Histogram, type Registry } from 'prom-client';
import type { CommandRecorder } from './command-recorder.ts';

const msPerSecond = 1_000;

/** Every Slurm command in `/metrics`, by program and by what came of it: who runs slurmctld can see what we ask of it. */
export function createCommandMetrics(registry: Registry): CommandRecorder & { readonly count: number } {
  const commands = new Counter({
    name: 'interlink_slurm_commands_total',
    help: 'Slurm commands that were run, by program and outcome: ok, refused, away, busy, uncertain.',
    labelNames: ['program', 'outcome'],
    registers: [registry],
  });
  const durations = new Histogram({
    name: 'interlink_slurm_command_duration_seconds',
    help: 'How long Slurm commands took, by program.',
    labelNames: ['program'],
    buckets: [0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30],
    registers: [registry],
  });
  let count = 0;
  return {
    get count() {
      return count;
    },
    recordCommand: (program, outcome, durationMs) => {
      count += 1;
      commands.inc({ program, outcome });
      durations.observe({ program }, durationMs / msPerSecond);
    },
  };
}
