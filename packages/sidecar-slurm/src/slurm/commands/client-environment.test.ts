import { expect, test } from 'vitest';
import { clientEnvironment, stepEnvironment } from './client-environment.ts';

const own = { PATH: '/bin', HOME: '/home/a', SLURM_CONF: '/etc/slurm.conf', TZ: 'Europe/Rome' };

test('clientEnvironment() holds nothing that adds options or changes what is shown', () => {
  const env = {
    ...own,
    ...{
      SBATCH_ACCOUNT: 'x',
      SBATCH_WAIT: '1',
      SQUEUE_FORMAT: '%i',
      SLURM_CLUSTERS: 'b',
      SLURM_TIME_FORMAT: 'relative',
    },
    ...{ LC_ALL: 'de_DE', INTERLINK_TOKEN: 'secret', SLURM_JOB_ID: '7' },
  };
  expect(clientEnvironment(env)).toEqual({ ...own, LC_ALL: 'C', SLURM_TIME_FORMAT: '%s' });
});

test('stepEnvironment() leaves out what is for our eyes only', () => {
  expect(stepEnvironment({ ...own, SRUN_EXPORT_ENV: 'ALL' })).toEqual(own);
});
