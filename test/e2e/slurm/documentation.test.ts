import type { Pod } from '@interlink/kube';
import { describe, expect } from 'vitest';
import { parse } from 'yaml';
import { type SlurmClusterData, TestImages } from '../../testbed/index.ts';
import type { Site } from '../../testbed/site/site.ts';
import { DocumentExamples } from '../drivers/document-examples.ts';
import { NodeView } from '../drivers/node.ts';
import { pod, shell, untilTerm } from '../drivers/pods.ts';
import { renderPod } from '../drivers/render-pod.ts';
import { numbered } from '../drivers/running-pods.ts';
import { LoginHome } from './drivers/login-home.ts';
import { cannotRun, slurmTest } from './drivers/slurm-test.ts';

const name = 'slurm-documentation';
const patient = { timeoutMs: 120_000 };

/** Each example of the page, with what it has here in place of what this cluster has not: its parts are small, and nothing is out there. */
const readPage = async ({ registries }: SlurmClusterData) =>
  await DocumentExamples.read('docs/slurm.md', {
    'Ten minutes: yaml': {},
    'Ten minutes: bash': {},
    'Where compute nodes have no way out: yaml': {},
    'Images: mirrors and plain HTTP: yaml': { 'mirror.local:5000': registries.open },
    'Flavors: yaml': { '--partition=gpu': '--partition=short', 'MemoryDefault: 64G': 'MemoryDefault: 8G' },
    'A script of your own: yaml': {},
    // The registry of the testbed has no TLS.
    'A script of your own: bash': { ' exec ': ' exec --no-https ' },
    'What the virtual node announces: bash': {},
    // The image of that name is the testbed's busybox.
    'For authors of pods: yaml': { '[python, train.py]': '[echo, train.py]', 'memory: 16Gi': 'memory: 8Gi' },
    'For authors of pods: ': { '--mem=16384M': '--mem=8192M' },
  });

/** What every configuration has besides: the testbed's registry in place of Docker Hub. */
const registryKeys = ({ registries: { open } }: SlurmClusterData) =>
  `\nImagePrefix: docker://${open}/\nSlurm.InsecureRegistries: ['${open}']\n`;

const test = slurmTest('documentation', async (cluster) => {
  const page = await readPage(cluster);
  const home = new LoginHome(cluster, name);
  await home.write('resources.sh', page.text('What the virtual node announces: bash'), 0o700);
  const more = `${registryKeys(cluster)}ResourceScriptPath: $HOME/resources.sh\n`;
  await home.write('InterLinkConfig.yaml', `${page.text('Ten minutes: yaml')}${more}`);
  return { prepare: async (directory) => await home.sidecar(page.text('Ten minutes: bash'), directory) };
})
  .extend('page', { scope: 'file' }, async ({ cluster }) => await readPage(cluster))
  .extend('home', { scope: 'file' }, ({ cluster }) => new LoginHome(cluster, name))
  .extend('configure', { scope: 'file' }, ({ site, slurm, home }) => async (text: string) => {
    await slurm.waitUntilNothingIsLeft();
    await site.sidecar.stop();
    await home.write('InterLinkConfig.yaml', text);
    await site.sidecar.start('listening');
  });

const running = (site: Site, podName: string, image = 'busybox:1.36') =>
  pod(site.nodeName, podName, { containers: [shell('main', 'echo ran', { image })] });

describe.skipIf(cannotRun)('docs/slurm.md', () => {
  test('has no example that is not run here', ({ page }) => {
    expect(page.unknown()).toEqual([]);
  });

  test('has a login node run pods after ten minutes', async ({ site, namespace, slurm }) => {
    await namespace.apply(running(site, 'first'));
    const { metadata } = await namespace.waitForPhase('first', 'Succeeded', patient);
    expect(await namespace.run('logs', 'first')).toBe('ran\n');
    expect(await slurm.folders()).toEqual([`${namespace.name}-${metadata?.uid}`]);
  });

  test('announces ten times the cluster: pods wait in the queue of Slurm', async ({
    site,
    controlPlane,
    namespace,
  }) => {
    // 5120Gi and 2000, as the API writes them.
    const announced = { cpu: '640', memory: '5Ti', pods: '2k', 'nvidia.com/gpu': '80' };
    expect((await new NodeView(site.nodeName, controlPlane).get()).status?.capacity).toMatchObject(announced);
    const resources = { limits: { cpu: '16' } };
    const containers = [shell('main', untilTerm, { resources })];
    await namespace.apply(...numbered('whole-node', 3).map((podName) => pod(site.nodeName, podName, { containers })));
    const isSo = async () => (await namespace.pods()).map(({ status }) => status?.phase).sort();
    await expect.poll(isSo, { timeout: patient.timeoutMs }).toEqual(['Pending', 'Running', 'Running']);
    const waiting = (await namespace.pods()).find(({ status }) => status?.phase === 'Pending');
    await namespace.waitForWaiting(waiting?.metadata?.name ?? '', 'main', /^SlurmPending$/, patient);
  });

  test('has the login node pull images where compute nodes have no way out', async ({
    site,
    namespace,
    slurm,
    cluster,
    page,
    configure,
  }) => {
    await configure(`${page.text('Where compute nodes have no way out: yaml')}${registryKeys(cluster)}`);
    await new TestImages(cluster.socket).publish(`${cluster.registries.open}/documented:1`);
    await namespace.apply(
      running(site, 'pulled', 'documented:1'),
      running(site, 'without', 'docker://127.0.0.1:1/app:1'),
    );
    await namespace.waitForPhase('pulled', 'Succeeded', patient);
    for (const reason of ['Pulling', 'Pulled']) await namespace.waitForEvent('pulled', reason, /documented:1/);
    await namespace.waitForWaiting('without', 'main', /^ImagePullBackOff$/, patient);
    expect(await slurm.jobsOf(await namespace.pod('without'))).toEqual([]);
  });

  test('takes images from a mirror, and submits its pod with the options that it shows', async ({
    site,
    namespace,
    slurm,
    cluster,
    page,
    configure,
  }) => {
    await configure(page.text('Images: mirrors and plain HTTP: yaml'));
    await new TestImages(cluster.socket).publish(`${cluster.registries.open}/python:3.13`);
    const { nodeSelector, tolerations } = pod(site.nodeName, '', { containers: [] }).spec ?? {};
    const { spec, ...more } = parse(page.text('For authors of pods: yaml')) as Pod;
    const documented = { ...more, spec: { ...spec, nodeSelector, tolerations } } as Pod;
    const [, shown = ''] = /^sbatch (.*) …$/m.exec(page.text('For authors of pods: ')) ?? [];
    expect(await renderPod(site, documented)).toContain(shown);
    await namespace.apply(documented);
    const ended = await namespace.waitForPhase('train', 'Succeeded', patient);
    expect(ended.status?.containerStatuses?.[0]?.imageID).toContain(`${cluster.registries.open}/python@sha256:`);
    expect(await namespace.run('logs', 'train')).toBe('train.py\n');
    const job = await slurm.show(await slurm.jobOf(ended));
    expect(Object.fromEntries(job)).toMatchObject({
      // Slurm keeps no QOS where there is no accounting, as here.
      ...{ Account: 'ai', TimeLimit: '01:02:00', Requeue: '0', TresPerNode: 'gres/gpu:1' },
      ReqTRES: expect.stringMatching(/^cpu=4,mem=8G,/),
    });
  });

  test('has kinds of jobs: the default one, one by name, one by GPUs', async ({
    site,
    namespace,
    slurm,
    cluster,
    page,
    configure,
  }) => {
    await configure(`${page.text('Flavors: yaml')}${registryKeys(cluster)}`);
    const [plain, named] = [running(site, 'plain'), running(site, 'named')];
    const resources = { limits: { 'nvidia.com/gpu': '1' } };
    await namespace.apply(
      plain,
      { ...named, metadata: { ...named.metadata, annotations: { 'slurm-job.vk.io/flavor': 'gpu' } } },
      pod(site.nodeName, 'by-gpus', { containers: [shell('main', 'echo ran', { resources })] }),
    );
    const jobOf = async (podName: string) => {
      const ended = await namespace.waitForPhase(podName, 'Succeeded', patient);
      return Object.fromEntries(await slurm.show(await slurm.jobOf(ended)));
    };
    const cpu = { Partition: 'main', TimeLimit: '12:00:00', ReqTRES: expect.stringMatching(/^cpu=2,mem=4G,/) };
    const gpu = { Partition: 'short', Account: 'ai', TresPerNode: 'gres/gpu:1' };
    expect(await jobOf('plain')).toMatchObject(cpu);
    for (const podName of ['named', 'by-gpus']) {
      expect(await jobOf(podName)).toMatchObject({ ...gpu, ReqTRES: expect.stringMatching(/^cpu=8,mem=8G,/) });
    }
  });

  test('has a script of the site’s run the containers, with their mounts and variables', async ({
    site,
    namespace,
    cluster,
    home,
    page,
    configure,
  }) => {
    await home.write('containers.sh', page.text('A script of your own: bash'));
    await configure(page.text('A script of your own: yaml'));
    const more = {
      image: `${cluster.registries.open}/busybox:1.36`,
      env: [{ name: 'GREETING', value: 'it’s; $(id)' }],
      volumeMounts: [{ name: 'data', mountPath: '/data' }],
    };
    await namespace.apply(
      pod(site.nodeName, 'by-script', {
        initContainers: [shell('prepare', 'echo prepared >/data/word', more)],
        containers: [
          shell('main', 'cat /data/word; echo "$GREETING"', more),
          shell('side-car', 'cat /data/word', more),
        ],
        volumes: [{ name: 'data', emptyDir: {} }],
      }),
    );
    await namespace.waitForPhase('by-script', 'Succeeded', patient);
    expect(await namespace.run('logs', 'by-script', '-c', 'main')).toBe('prepared\nit’s; $(id)\n');
    expect(await namespace.run('logs', 'by-script', '-c', 'side-car')).toBe('prepared\n');
  });
});
