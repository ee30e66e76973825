import { expect, test } from 'vitest';
import { parseCommandLine } from './parse-command-line.ts';

test.each<[string, string[], number | undefined]>([
  ['/usr/bin/sbatch', ['/usr/bin/sbatch'], undefined],
  ['sudo -u slurm sbatch', ['sudo', '-u', 'slurm', 'sbatch'], undefined],
  ['"/opt/my slurm/sbatch" -M b', ['/opt/my slurm/sbatch', '-M', 'b'], undefined],
  ['ssh login sbatch', ['ssh', 'login', 'sbatch'], 2],
  [
    '/usr/bin/ssh -p 22 -o BatchMode=yes me@login sbatch',
    ['/usr/bin/ssh', '-p', '22', '-o', 'BatchMode=yes', 'me@login', 'sbatch'],
    6,
  ],
  ['ssh -p22 -tt login sbatch', ['ssh', '-p22', '-tt', 'login', 'sbatch'], 4],
  ['ssh -Tp 22 login sbatch', ['ssh', '-Tp', '22', 'login', 'sbatch'], 4],
  ['ssh login -p 22 -- sbatch -x', ['ssh', 'login', '-p', '22', '--', 'sbatch', '-x'], 5],
  ['ssh -- login env A=b sbatch', ['ssh', '--', 'login', 'env', 'A=b', 'sbatch'], 3],
  ['env A=b ssh login sbatch', ['env', 'A=b', 'ssh', 'login', 'sbatch'], 4],
])('parseCommandLine(%j)', (text, argv, remoteFrom) => {
  expect(parseCommandLine(text, 'SbatchPath')).toEqual({ argv, remoteFrom });
});

test.each([
  ['', 'a program is wanted'],
  ['""', 'a program is wanted'],
  ['"open', 'a quote is not closed'],
  ['ssh login', 'a host and a program are wanted'],
  ['ssh -p 22 login', 'a host and a program are wanted'],
  ['ssh', 'a host and a program are wanted'],
  ['sh -c sbatch', 'not a shell (sh)'],
  ['su - slurm sbatch', 'not a shell (su)'],
  ['ssh login /bin/bash sbatch', 'not a shell (/bin/bash)'],
])('parseCommandLine(%j) says that %s', (text, problem) => {
  expect(() => parseCommandLine(text, 'SbatchPath')).toThrow(`SbatchPath is ${JSON.stringify(text)}: `);
  expect(() => parseCommandLine(text, 'SbatchPath')).toThrow(problem);
});
