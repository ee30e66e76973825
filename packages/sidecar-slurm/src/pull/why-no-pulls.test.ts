import { expect, test } from 'vitest';
import type { CommandOrder, CommandOutput } from '../slurm/commands/run-command.ts';
import { whyNoPulls } from './why-no-pulls.ts';

const exited: CommandOutput = { ending: 'exited', exitCode: 0, stdout: 'apptainer version 1.4', stderr: '' };

test.each<[CommandOutput, string | undefined]>([
  [exited, undefined],
  [
    { ...exited, ending: 'unstarted', exitCode: undefined, stderr: 'spawn /opt/apptainer ENOENT' },
    'Cannot run /opt/apptainer --version on this machine: spawn /opt/apptainer ENOENT',
  ],
  [{ ...exited, exitCode: 127 }, 'Cannot run /opt/apptainer --version on this machine: it exited with code 127'],
  [
    { ...exited, ending: 'late', exitCode: undefined },
    'Cannot run /opt/apptainer --version on this machine: it was late',
  ],
])('whyNoPulls() of %j is %s', async (output, why) => {
  const orders: CommandOrder[] = [];
  const run = async (order: CommandOrder) => {
    orders.push(order);
    return output;
  };
  const env = { PATH: '/bin', HOME: '/home/alice', SECRET_TOKEN: 'no' };
  expect(await whyNoPulls({ name: 'apptainer', path: '/opt/apptainer' }, run, env)).toBe(why);
  expect(orders).toMatchObject([{ argv: ['/opt/apptainer', '--version'], env: { PATH: '/bin', HOME: '/home/alice' } }]);
});
