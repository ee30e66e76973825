import type { Container, KubeObject } from '@interlink/kube';
import { afterAll, describe, expect, inject } from 'vitest';
import {
  ClusterCommands,
  registryAccounts,
  type SlurmClusterData,
  slurmCluster,
  TestImages,
  waitFor,
} from '../../testbed/index.ts';
import type { Namespace } from '../drivers/namespace.ts';
import { pod, shell } from '../drivers/pods.ts';
import { numbered, waitForAll } from '../drivers/running-pods.ts';
import { cannotRun, slurmTest } from './drivers/slurm-test.ts';

/** A name of the registries' host that the login node knows, and no compute node: these have no way to them. */
const host = 'registries.login-only.test';
const toLoginName = (address: string) => address.replace(/^[^:]+/, host);
const commandsOf = (cluster: SlurmClusterData) => new ClusterCommands(cluster);

async function onLogin(cluster: SlurmClusterData, script: string, ...args: string[]): Promise<void> {
  const { exitCode, stderr } = await commandsOf(cluster).run('login', 'root', ['sh', '-c', script, 'sh', ...args]);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
}

const test = slurmTest('pulled-by-login', async (cluster) => {
  const { open, withPassword } = cluster.registries;
  await onLogin(cluster, 'echo "$1 $2" >>/etc/hosts', open.replace(/:\d+$/, ''), host);
  const InsecureRegistries = [open, withPassword].map(toLoginName);
  return {
    config: {
      ImagePrefix: `docker://${toLoginName(open)}/`,
      Slurm: { PullImages: 'login', SharedFileSystem: true, InsecureRegistries },
    },
  };
});

const patient = { timeoutMs: 120_000 };
const running = (image: string, more: Partial<Container> = {}) => ({
  containers: [shell('main', 'echo ran', { image, imagePullPolicy: 'IfNotPresent', ...more })],
});

/** Of pulls, as `Reason message`. */
async function pullsOf(namespace: Namespace, name: string): Promise<string[]> {
  const events = await namespace.events(name);
  return events.filter(({ reason = '' }) => /^Pull/.test(reason)).map(({ reason, message }) => `${reason} ${message}`);
}

describe.skipIf(cannotRun)('images that the sidecar pulls on the login node', () => {
  afterAll(async () => {
    if (cannotRun) return;
    // The file can't be replaced in a container, only written anew.
    await onLogin(
      await slurmCluster(inject('testbed')),
      'grep -v "$1" /etc/hosts >/tmp/hosts && cat /tmp/hosts >/etc/hosts; rm /tmp/hosts',
      host,
    );
  });

  test('are there for pods whose nodes reach no registry, pulled once for all of them', async ({
    namespace,
    site,
    cluster,
    slurm,
  }) => {
    expect((await commandsOf(cluster).run('c1', 'alice', ['getent', 'hosts', host])).exitCode).not.toBe(0);
    await new TestImages(cluster.socket).publish(`${cluster.registries.open}/ahead:1`);
    const names = numbered('ahead', 4);
    await namespace.apply(...names.map((name) => pod(site.nodeName, name, running('ahead:1'))));
    for (const { status } of await waitForAll(namespace, names, 'Succeeded', { timeoutMs: 120_000, intervalMs: 500 })) {
      expect(status?.containerStatuses?.[0]?.imageID).toMatch(/\/ahead@sha256:[0-9a-f]{64}$/);
    }
    const pulls = await Promise.all(names.map(async (name) => await pullsOf(namespace, name)));
    expect(pulls.flat().filter((pull) => pull.startsWith('Pulled Successfully'))).toHaveLength(1);
    expect(pulls.flat().filter((pull) => pull.startsWith('Pulled Container image "ahead:1" already'))).toHaveLength(3);
    expect((await slurm.jobs()).filter(({ name }) => names.includes(name))).toHaveLength(4);
  });

  test('come by a pod’s login, which is gone before its job runs', async ({ namespace, site, cluster, slurm }) => {
    const registry = toLoginName(cluster.registries.withPassword);
    const { username, password } = registryAccounts.alice;
    const auths = { [registry]: { username, password } };
    await namespace.apply({
      ...{ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'login' }, type: 'kubernetes.io/dockerconfigjson' },
      stringData: { '.dockerconfigjson': JSON.stringify({ auths }) },
    } as KubeObject);
    const image = `docker://${registry}/busybox:1.36`;
    await namespace.apply(pod(site.nodeName, 'with', { ...running(image), imagePullSecrets: [{ name: 'login' }] }));
    const found = await namespace.waitForPhase('with', 'Succeeded', patient);
    expect(await namespace.run('logs', 'with')).toBe('ran\n');
    for (const name of ['auth.json', 'pull.sh']) await expect(slurm.file(found, name)).rejects.toThrow(/ENOENT/);
    for (const text of [await slurm.file(found, 'job.sh'), ...site.parts.map((part) => part.log())]) {
      expect(text).not.toContain(password);
    }
  });

  test('that can’t be had keep their pod without a job, with the registry’s message', async ({
    namespace,
    site,
    slurm,
  }) => {
    await namespace.apply(pod(site.nodeName, 'away', running('docker://127.0.0.1:1/app:1')));
    const message = await namespace.waitForWaiting('away', 'main', /^ImagePullBackOff$/, patient);
    expect(message).toMatch(/^Back-off pulling image .*: ErrImagePull: .*connection refused/);
    await namespace.waitForEvent('away', 'Failed', /^Error: ErrImagePull$/);
    expect(await slurm.jobsOf(await namespace.pod('away'))).toEqual([]);
    await namespace.run('delete', 'pod', 'away', '--timeout=55s');
  });

  test('are all pulled, and pods have one job each, when the sidecar is killed in the middle', async ({
    namespace,
    site,
    cluster,
    slurm,
  }) => {
    const names = numbered('killed', 4);
    const images = new TestImages(cluster.socket);
    for (const name of names) await images.publish(`${cluster.registries.open}/${name}:1`);
    await namespace.apply(...names.map((name) => pod(site.nodeName, name, running(`${name}:1`))));
    const hasBegun = async () => (await namespace.run('get', 'events')).includes('Pulling');
    await waitFor('a pull to begin', hasBegun, { ...patient, intervalMs: 50 });
    await site.sidecar.kill();
    await site.sidecar.start('listening');
    await waitForAll(namespace, names, 'Succeeded', { timeoutMs: 180_000, intervalMs: 500 });
    const jobs = (await slurm.jobs()).map(({ name }) => name).filter((name) => names.includes(name));
    expect(jobs.toSorted()).toEqual(names);
  });
});
