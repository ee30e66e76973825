import { globSync, readFileSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test } from 'vitest';
import { ensureBinaries, kubectl, ON_DEMAND_TIMEOUT_MS, runCommand } from '../../testbed/index.ts';
import { SitePart } from '../../testbed/site/site-part.ts';
import { isComplete, lacks, partsOf } from '../drivers/testbed-parts.ts';

const root = join(import.meta.dirname, '../../..');
const units = globSync('deploy/systemd/*/*.service', { cwd: root });
const ofSites = units.filter((unit) => !/tunnel|vk/.test(unit));

describe.skipIf(lacks(inject('testbed'), 'guides') || !isComplete(inject('testbed')))(
  'the units of deploy/systemd',
  { timeout: 60_000 },
  () => {
    let home: string;

    beforeAll(async () => {
      home = await mkdtemp(join(tmpdir(), 'interlink-units-'));
      await mkdir(join(home, '.local/bin'), { recursive: true });
      for (const name of ['interlink', 'slurm-sidecar', 'docker-sidecar', 'vk'])
        await symlink(join(await ensureBinaries(), name), join(home, '.local/bin', name));
    }, ON_DEMAND_TIMEOUT_MS);
    afterAll(async () => await rm(home, { recursive: true, force: true }));

    /** A unit as it would be installed here: the programs of the whole machine are in the home, too. */
    const textOf = (unit: string) =>
      readFileSync(join(root, unit), 'utf8').replaceAll('/usr/local/bin/', `${home}/.local/bin/`);

    test.each(units)('systemd has nothing to say about %s', async (unit) => {
      const file = join(home, basename(unit));
      await writeFile(file, textOf(unit));
      const manager = basename(dirname(unit)) === 'user' ? ['--user'] : [];
      const env = { PATH: process.env.PATH, HOME: home, XDG_RUNTIME_DIR: home };
      const said = await runCommand('systemd-analyze', [...manager, 'verify', '--man=no', file], { env });
      expect(said).toEqual({ exitCode: 0, stdout: '', stderr: '' });
    });

    /** The unit's program with what the unit gives it, and with `more` as its `environment` file would. */
    async function start(unit: string, until: string, more: Readonly<Record<string, string>>) {
      const runtime = join(home, unit.replaceAll('/', '-'));
      await mkdir(join(runtime, 'interlink'), { recursive: true });
      await chmod(join(runtime, 'interlink'), 0o700);
      const text = textOf(unit).replaceAll('%h', home).replaceAll('%t', runtime);
      const [, program = ''] = /^ExecStart=(\S+)$/m.exec(text) ?? [];
      const words = [...text.matchAll(/^Environment=(.+)$/gm)].flatMap(([, line = '']) => line.split(' '));
      const variables = words.map((word) => word.split(/=(.*)/s).slice(0, 2));
      const part = new SitePart({
        ...{ name: basename(program), args: [], directory: runtime, binaries: dirname(program) },
        env: { PATH: process.env.PATH ?? '', HOME: home, ...Object.fromEntries(variables), ...more },
      });
      await part.start(until);
      onTestFinished(async () => await part.stop());
      return { part, runtime };
    }

    test.each(ofSites)('%s starts its program, where the other part looks for it', async (unit) => {
      const { docker } = partsOf(inject('testbed'));
      const { part, runtime } = await start(unit, 'listening', { INTERLINKPORT: '0', DOCKER_HOST: docker.host });
      const isOnSocket = unit.includes('user') || unit.includes('sidecar');
      const socket = unit.includes('sidecar') ? 'sidecar' : 'interlink';
      expect(part.log()).toContain(isOnSocket ? `unix://${runtime}/interlink/${socket}.sock` : 'http://127.0.0.1:');
    });

    test('deploy/systemd/user/vk.service starts the virtual kubelet of its environment', async () => {
      const testbed = inject('testbed');
      const node = { NODENAME: 'of-a-unit', KUBELET_PORT: '0', KUBECONFIG: partsOf(testbed).controlPlane.kubeconfig };
      await start('deploy/systemd/user/vk.service', 'node registered', node);
      const { exitCode } = await kubectl(partsOf(testbed), ['delete', 'node', node.NODENAME]);
      expect(exitCode).toBe(0);
    });
  },
);
