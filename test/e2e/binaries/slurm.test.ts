import { chmod, chown, copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, inject, onTestFinished, test } from 'vitest';
import {
  asAccount,
  ensureBinaries,
  ON_DEMAND_TIMEOUT_MS,
  offers,
  runCommand,
  slurmHost,
  toLoginEnv,
} from '../../testbed/index.ts';
import { findFreePorts } from '../../testbed/process/free-ports.ts';
import { SitePart } from '../../testbed/site/site-part.ts';

const testbed = inject('testbed');

describe.skipIf(!offers(testbed, 'slurmHost'))('slurm-sidecar', { timeout: ON_DEMAND_TIMEOUT_MS }, () => {
  test('runs pods as jobs of an ordinary account, by scripts that are in the executable', async () => {
    const { account, conf } = await slurmHost(testbed);
    const home = await mkdtemp(join(account.home, 'binaries-'));
    const programs = await mkdtemp(join(tmpdir(), 'binaries-'));
    onTestFinished(async () => {
      for (const folder of [home, programs]) await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    });
    await chown(home, account.uid, account.gid);
    // Where other accounts than the tests' own may go.
    await chmod(programs, 0o755);
    await copyFile(join(await ensureBinaries(), 'slurm-sidecar'), join(programs, 'slurm-sidecar'));
    // JSON is YAML.
    await writeFile(join(programs, 'SlurmConfig.yaml'), JSON.stringify({ ContainerRuntime: 'none' }));
    const [port = 0] = await findFreePorts(1);
    const sidecar = new SitePart({
      ...{ name: 'slurm-sidecar', args: [], directory: programs, binaries: programs },
      env: {
        ...toLoginEnv(account),
        ...{ SLURM_CONF: conf, HOME: home, SIDECARPORT: String(port) },
        SLURMCONFIGPATH: join(programs, 'SlurmConfig.yaml'),
      },
      place: {
        // Another account is another start for the kernel, which forgets that it was to end with this process.
        toCommandLine: async (argv) => asAccount(account, ['setpriv', '--pdeathsig', 'KILL', ...argv]),
        signal: (pid, signal) => void process.kill(pid, signal),
      },
    });
    await sidecar.start('listening');
    onTestFinished(async () => await sidecar.stop());
    const token = join(home, '.config', 'interlink', 'token');
    const argv = ['conformance', `http://127.0.0.1:${port}`, '--token-file', token, '--protocol', 'v2'];
    const suite = await runCommand(join(await ensureBinaries(), 'interlink'), argv, { env: {}, timeoutMs: 300_000 });
    expect(suite).toMatchObject({ exitCode: 0, stderr: '' });
  });
});
