import { chown, cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, inject, test } from 'vitest';
import { kubectl, ON_DEMAND_TIMEOUT_MS, waitFor } from '../../testbed/index.ts';
import { findFreePorts } from '../../testbed/process/free-ports.ts';
import { Sshd } from '../../testbed/ssh/sshd.ts';
import { DeployedPod } from '../drivers/deployed-pod.ts';
import { Guide } from '../drivers/guide.ts';
import { cannotWalk, guideOptions } from '../drivers/guide-options.ts';
import { Namespace } from '../drivers/namespace.ts';
import { pod, shell, untilTerm } from '../drivers/pods.ts';

const testbed = inject('testbed');
const root = join(import.meta.dirname, '../../..');
const patient = { timeoutMs: 60_000 };

describe.skipIf(cannotWalk(testbed))('docs/guides/in-cluster.md', { timeout: ON_DEMAND_TIMEOUT_MS }, () => {
  test('ends in a pod that has run on Slurm, with nothing but its commands and files at the site', async () => {
    await Guide.walk(await guideOptions(testbed, 'in-cluster'), async (guide) => {
      const { controlPlane } = guide.options;
      const sshd = await startSite(guide);
      const checkout = await checkOut(guide);
      await waitFor('another test’s namespace interlink to be gone', async () => {
        return (await kubectl(testbed, ['get', 'namespace', 'interlink'])).stderr.includes('NotFound');
      });
      guide.atEnd(async () => {
        const args = ['delete', '-k', join(checkout, 'deploy/in-cluster'), '--ignore-not-found', '--timeout=120s'];
        await kubectl(testbed, args, { timeoutMs: 150_000 });
      });
      await guide.administer('In the cluster', checkout);
      await sshd.authorize(await readFile(join(checkout, 'id_ed25519.pub'), 'utf8'), 'restrict');

      const [interlink, sidecar] = await findFreePorts(2);
      const deployed = await DeployedPod.start({
        ...{ controlPlane, namespace: 'interlink', deployment: 'interlink', programs: guide.programs },
        env: { KUBELET_PORT: '0', INTERLINKPORT: `${interlink}`, SIDECARPORT: `${sidecar}` },
      });
      guide.tellOf(async () => deployed.logEnds());
      guide.atEnd(async () => await deployed[Symbol.asyncDispose]());
      expect(await guide.administer('A pod')).toMatch(/hello from a virtual node\nbye\n$/);

      const namespace = await Namespace.create('guide-in-cluster', controlPlane);
      guide.atEnd(async () => await namespace.delete());
      await namespace.apply(pod('my-site', 'stays', { containers: [shell('main', untilTerm)] }));
      await namespace.waitForPhase('stays', 'Running', patient);
      expect(await namespace.run('exec', 'stays', '--', 'sh', '-c', 'echo "a  b" \'$HOME\'')).toBe('a  b $HOME\n');
      await namespace.run('delete', 'pod', 'stays', '--timeout=60s');
    });
  });
});

/** The login node, and a folder that is at the same path everywhere. */
async function startSite(guide: Guide): Promise<Sshd> {
  const { account, options } = guide;
  const { home } = await guide.machine('site');
  const shared = join(home, 'shared');
  await mkdir(shared, { mode: 0o700 });
  await chown(shared, account.uid, account.gid);
  const config = `SetEnv SLURM_CONF=${options.slurm.conf}`;
  const sshd = await Sshd.start({ account, directory: join(home, 'sshd'), config });
  guide.atEnd(async () => await sshd[Symbol.asyncDispose]());
  guide.names
    .set('/shared/interlink', shared)
    .set('1500', `${account.uid}`)
    .set('User me\n', `User ${account.name}\n`)
    .set('HostName login.example', `HostName 127.0.0.1\n  Port ${sshd.port}`)
    .set('ssh-keyscan login.example', `ssh-keyscan -p ${sshd.port} 127.0.0.1`);
  return sshd;
}

/** A copy of `deploy`, in which everything is replaced that the page says is to be. */
async function checkOut(guide: Guide): Promise<string> {
  const checkout = await mkdtemp(join(tmpdir(), 'guide-checkout-'));
  guide.atEnd(async () => await rm(checkout, { recursive: true }));
  await cp(join(root, 'deploy'), join(checkout, 'deploy'), { recursive: true });
  const folder = join(checkout, 'deploy/in-cluster');
  for (const name of await readdir(folder)) {
    const file = join(folder, name);
    await writeFile(file, guide.translate(await readFile(file, 'utf8')));
  }
  return checkout;
}
