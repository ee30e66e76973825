import { describe, expect, test } from 'vitest';
import { parseFlags } from '../flags/parse-flags.ts';
import { main, partitions } from '../testing/partitions.ts';
import { assertFits } from './assert-fits.ts';

const check = (options: string, names: ReadonlyArray<string> = []) =>
  assertFits(parseFlags(options.split(' ').filter((word) => word !== '')).flags, names, partitions);

describe('assertFits()', () => {
  test.each([
    ['', []],
    ['--cpus-per-task=16 --mem=16000M --time=1-00:00', []],
    ['--gres=gpu:2', []],
    ['--gres=gpu:a100:2', ['main']],
    ['--time=10', ['short', 'main']],
    ['--time=UNLIMITED', ['main']],
  ])('lets %j go to %j', (options, names) => {
    expect(() => check(options, names)).not.toThrow();
  });

  test.each([
    ['--cpus-per-task=17', [], /partition main has at most 16 CPUs on one node, the pod needs 17$/],
    ['--mem=16001M', [], /at most 16000 MiB of memory on one node, the pod needs 16001$/],
    ['--mem=17G', [], /the pod needs 17408$/],
    ['--nodes=3-4', [], /partition main has 2 nodes, the pod needs 3$/],
    ['--gres=gpu:3', [], /at most 2 GPUs on one node, the pod needs 3$/],
    ['--gpus-per-node=h100:1', [], /at most 0 GPUs of type h100 on one node, the pod needs 1$/],
    ['--time=10', ['short'], /partition short lets jobs run for 5:00, the pod asks for 10:00$/],
    ['--time=10-00:00:00', ['short'], /partition short lets jobs run for 5:00, the pod asks for 10-00:00:00$/],
    ['--time=UNLIMITED', ['short'], /the pod asks for no limit$/],
    ['', ['gone', 'main'], /there is no partition gone, only main, short, down$/],
    ['--time=6 --cpus-per-task=99', ['short', 'main'], /partition main has .*; partition short has/],
  ])('says of %j for %j what can never be', (options, names, message) => {
    expect(() => check(options, names)).toThrow(message);
    expect(() => check(options, names)).toThrow(
      expect.objectContaining({ code: 'failed_precondition', reason: 'SlurmUnsatisfiable' }),
    );
  });

  test('says that a partition is down, and that this may pass', () => {
    expect(() => check('', ['down'])).toThrow(
      expect.objectContaining({
        code: 'unavailable',
        reason: 'SlurmPartitionDown',
        message: 'Cannot run the pod with Slurm: partition down is DOWN',
      }),
    );
    expect(() => check('--mem=1T', ['down'])).toThrow(/partition down has at most/);
  });

  test('leaves it to sbatch where there is no default partition', () => {
    expect(() => assertFits(new Map(), [], [{ ...main, isDefault: false }])).not.toThrow();
  });
});
