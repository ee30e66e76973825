import { mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createSidecarServer, type PodRequest, PodService, type PodSpec, type Volume } from '@interlink/sidecar-sdk';
import { describe, expect, inject, onTestFinished, test } from 'vitest';
import { uidLabel } from './identity/labels.ts';
import { base64, type DockerSite, hasEnded, shell, useDockerSite } from './testing/docker-site.ts';
import { silent } from './testing/running-pod.ts';

const { docker } = inject('testbed');

/** A pod of one container that mounts one volume at /v. */
const mounting = (source: object, mount: object = {}, script = 'ls -la /v'): PodSpec => ({
  containers: [shell(script, { volumeMounts: [{ name: 'v', mountPath: '/v', ...mount }] })],
  volumes: [{ name: 'v', ...source } as Volume],
});
const hostPath = (path: string, type = '') => ({ hostPath: { path, type } });

interface Places {
  readonly open: string;
  readonly root: string;
}

/** What is refused before anything is made of it. */
const refused: ReadonlyArray<readonly [string, (places: Places) => PodSpec, RegExp]> = [
  ['the whole machine', () => mounting(hostPath('/')), /none of the folders that the key Docker\.HostPaths/],
  ['a folder beside an allowed one', ({ open }) => mounting(hostPath(`${open}-not`)), /none of the folders/],
  ['a way up from an allowed folder', ({ open }) => mounting(hostPath(`${open}/../..`)), /without "\." and "\.\."/],
  ['the engine’s socket', () => mounting(hostPath(docker?.socket ?? '', 'Socket')), /none of the folders/],
  ['the folder of the socket', () => mounting(hostPath(dirname(docker?.socket ?? ''))), /none of the folders/],
  ['all pods’ files', ({ root }) => mounting(hostPath(root)), /none of the folders/],
  [
    'making a folder on the host',
    () => mounting(hostPath('/etc/cron.d/x', 'DirectoryOrCreate')),
    /none of the folders/,
  ],
  [
    'a sub-path that goes up',
    () => mounting({ emptyDir: {} }, { subPath: '../../other' }),
    /not a path inside a volume/,
  ],
  ['an absolute sub-path', () => mounting({ emptyDir: {} }, { subPath: '/etc' }), /not a path inside a volume/],
  ['a sub-path that goes up and down', ({ open }) => mounting(hostPath(open), { subPath: 'a/../../b' }), /not a path/],
  ['an unexpanded sub-path', () => mounting({ emptyDir: {} }, { subPathExpr: '../..' }), /subPathExpr/],
  [
    'another namespace’s claim',
    () => mounting({ persistentVolumeClaim: { claimName: 'data' } }),
    /no entry tests\/data/,
  ],
  [
    'another namespace’s claim by its path',
    () => mounting({ persistentVolumeClaim: { claimName: '../victims/data' } }),
    /not the name of a claim/,
  ],
  [
    'mounts of its own on the host',
    () => mounting({ emptyDir: {} }, { mountPropagation: 'Bidirectional' }),
    /privileged/,
  ],
  [
    'a block device',
    () => ({ containers: [shell('true', { volumeDevices: [{ name: 'v', devicePath: '/d' }] })] }),
    /volumeDevices/,
  ],
  [
    'a volume of another kind',
    () => mounting({ nfs: { server: 'localhost', path: '/' } }),
    /type nfs is not supported/,
  ],
  ['a volume that is not there', () => mounting({ emptyDir: {} }, { name: 'other' }), /does not declare/],
  [
    'all of the host’s devices',
    () => ({ containers: [shell('true', { securityContext: { privileged: true } })] }),
    /privileged/,
  ],
  ['the host’s processes', () => ({ hostPID: true, containers: [shell('true')] }), /hostPID/],
  ['the host’s shared memory', () => ({ hostIPC: true, containers: [shell('true')] }), /hostIPC/],
  ['the host’s network', () => ({ hostNetwork: true, containers: [shell('true')] }), /hostNetwork/],
];

/** Requests that are none: what they name would become part of paths, labels and names. */
const malformed: ReadonlyArray<readonly [string, (pod: PodRequest['pod']) => object]> = [
  ['a UID with a path in it', (pod) => ({ ...pod, metadata: { ...pod.metadata, uid: '../../etc' } })],
  ['a namespace with a path in it', (pod) => ({ ...pod, metadata: { ...pod.metadata, namespace: '../x' } })],
  ['a name with an underscore', (pod) => ({ ...pod, metadata: { ...pod.metadata, name: 'a_b' } })],
  [
    'the sandbox’s name for its container',
    (pod) => ({ ...pod, spec: { containers: [shell('true', { name: 'POD' })] } }),
  ],
  ['a container name with a slash', (pod) => ({ ...pod, spec: { containers: [shell('true', { name: 'a/b' })] } })],
  ['a volume name with a path in it', (pod) => ({ ...pod, spec: { ...pod.spec, volumes: [{ name: '../v' }] } })],
  [
    'a mount with the engine’s own separators',
    (pod) => ({
      ...pod,
      spec: { ...pod.spec, containers: [shell('true', { volumeMounts: [{ name: 'v', mountPath: '/v:/etc:rw' }] })] },
    }),
  ],
];

describe.skipIf(docker === undefined)(
  docker === undefined ? 'hostile pods (skipped: no Docker Engine can run on this machine)' : 'hostile pods',
  () => {
    const site: DockerSite = useDockerSite((root) => ({
      'Docker.HostPaths': [`${root}-open`, `${root}-read:ro`],
      'Docker.Claims': { 'victims/data': { path: `${root}-claims` } },
    }));
    const open = () => `${site.root}-open`;
    const places = (): Places => ({ open: open(), root: site.root });
    // Beside the root, and cleared away by each test that makes something there.
    const withFolders = async (...names: string[]) => {
      for (const name of names) await mkdir(`${site.root}-${name}`, { recursive: true });
      onTestFinished(async () => await removeAll(names.map((name) => `${site.root}-${name}`)));
    };

    test.each(refused)('is refused %s', async (_, specOf, message) => {
      await withFolders('open');
      await expect(site.create(specOf(places()))).rejects.toThrow(message);
      expect((await site.backend.list()).filter(({ owner }) => owner.node === site.owner.node)).toEqual([]);
    });

    test.each(malformed)('is refused %s', async (_, change) => {
      const metadata = { name: 'pod', namespace: 'tests', uid: '00000000-0000-4000-8000-00000000000a' };
      const pod = change({ metadata, spec: { containers: [shell('true')] } });
      const { signal } = new AbortController();
      const service = new PodService(site.backend, silent);
      const app = createSidecarServer({
        service,
        logger: silent,
        authenticate: async () => ({ name: 'account', groups: [] }),
        shutdown: signal,
      });
      onTestFinished(async () => await app.close());
      const { cluster, node } = site.owner;
      const url = `/v2/clusters/${cluster}/nodes/${node}/pods/${metadata.uid}`;
      const answer = await app.inject({ method: 'PUT', url, payload: { pod, volumes: [] } });
      expect(answer.statusCode).toBe(400);
    });

    test.each(['../escaped', '/escaped', 'a/../../escaped', '..', '', 'a\0b', '..data/x'])(
      'can’t have a file named %j written',
      async (path) => {
        const files = [{ path, mode: 0o644, data: base64('x') }];
        const pod = await site.create(mounting({ configMap: { name: 'c' } }), [{ name: 'v', files }]);
        await expect
          .poll(() => site.eventsOf(pod).join())
          .toMatch(/FailedMount: MountVolume\.SetUp failed for volume "v" : /);
        expect(await readdir(join(site.root, pod.uid, 'volumes', 'v')).catch(() => [])).toEqual([]);
        expect((await readdir(site.root)).filter((name) => name !== '.engine')).toEqual([pod.uid]);
      },
    );

    test('finds no way out of an emptyDir by a link that it plants', async () => {
      const plant = { volumeMounts: [{ name: 'v', mountPath: '/v' }] };
      const use = { volumeMounts: [{ name: 'v', mountPath: '/w', subPath: 'way' }] };
      const creating = site.create({
        initContainers: [shell('rm -rf /v/way; ln -s /etc /v/way', { name: 'plant', ...plant })],
        containers: [shell('ls -a /w', use)],
        volumes: [{ name: 'v', emptyDir: {} }],
      });
      if (!site.hasSafeSubPaths) return await expect(creating).rejects.toThrow(/makes the folder above it writable/);
      const { status } = await site.until(await creating, hasEnded);
      expect(status.containerStatuses[0]?.state.terminated?.message).toMatch(/escapes the base directory/);
    });

    test('finds no way out of an allowed folder by a link of the pod before', async () => {
      await withFolders('open');
      const planted = await site.create(mounting(hostPath(open()), {}, 'ln -s /etc /v/way; ln -s /etc/passwd /v/file'));
      await site.until(planted, hasEnded);
      expect(await readdir(open())).toEqual(['file', 'way']);
      for (const [path, type] of [
        ['way', ''],
        ['way', 'Directory'],
        ['file', 'File'],
        ['way/new', 'DirectoryOrCreate'],
      ]) {
        const pod = await site.create(mounting(hostPath(join(open(), path ?? ''), type)));
        await expect.poll(() => site.eventsOf(pod).join()).toMatch(/FailedMount: .*(leads out of|is not allowed)/);
      }
      const below = await site.create(mounting(hostPath(open()), { subPath: 'way' }));
      const why = site.hasSafeSubPaths ? /escapes the base directory/ : /leads out of the volume/;
      await site.until(below, ({ status }) => why.test(JSON.stringify(status)));
    });

    test('can’t be given a folder that another pod could swap for a link', async () => {
      await withFolders('open');
      await mkdir(join(open(), 'mine'));
      const writer = await site.create(mounting(hostPath(open()), {}, 'sleep 1000'));
      await site.until(writer, ({ status }) => status.containerStatuses[0]?.state.running !== undefined);
      const pod = await site.create(mounting(hostPath(join(open(), 'mine'))));
      if (site.hasSafeSubPaths) return void (await site.until(pod, hasEnded));
      const { status } = await site.until(pod, (report) => /can write/.test(JSON.stringify(report.status)));
      expect(status.containerStatuses[0]?.state.waiting?.message).toMatch(
        /container main of pod tests\/pod can write the folder above \S+mine: links planted there/,
      );
    });

    test('can’t write what it may only read', async () => {
      await withFolders('read');
      const files = [{ path: 'key', mode: 0o666, data: base64('kept') }];
      const spec: PodSpec = {
        containers: [
          shell('for f in /read/x /cfg/key /cfg/new /cfg/..data/key; do echo x > $f; done 2>&1 | sed "s/.*: //"', {
            volumeMounts: [
              { name: 'read', mountPath: '/read', readOnly: false },
              { name: 'cfg', mountPath: '/cfg', readOnly: false },
            ],
          }),
        ],
        volumes: [
          { name: 'read', hostPath: { path: `${site.root}-read`, type: 'Directory' } },
          { name: 'cfg', secret: { secretName: 's' } },
        ],
      };
      const pod = await site.create(spec, [{ name: 'cfg', files }]);
      expect(await site.outputOf(pod)).toBe('Read-only file system\n'.repeat(4));
      expect(await readdir(`${site.root}-read`)).toEqual([]);
    });

    test('can’t pass for another pod by its labels, annotations or image', async () => {
      const victim = await site.create({ containers: [shell('sleep 1000')] });
      const image = await importLabelled(site, {
        [uidLabel]: victim.uid,
        'interlink.eu/kind': 'sandbox',
        'interlink.eu/image': 'spoofed',
        'interlink.eu/last-state': '{"exitCode":"no number"}',
      });
      const spoof = { [uidLabel]: victim.uid, 'interlink.eu/kind': 'sandbox', 'interlink.eu/owner': 'k/other' };
      const pod = await site.create({ containers: [shell('true', { image })] }, [], {
        labels: spoof,
        annotations: spoof,
      });
      const { status } = await site.until(pod, hasEnded);
      expect(status.containerStatuses[0]).toMatchObject({ image, restartCount: 0 });
      expect(status.containerStatuses[0]).not.toHaveProperty('lastState');
      const filters = { label: [`${uidLabel}=${victim.uid}`] };
      expect(await site.engine.listContainers({ all: true, filters })).toHaveLength(2);
    });

    test('finds other pods’ files closed to other accounts of the host', async () => {
      const files = [{ path: 'key', mode: 0o644, data: base64('secret') }];
      const pod = await site.create(mounting({ secret: {} }, {}, 'cat /v/key'), [{ name: 'v', files }]);
      expect(await site.outputOf(pod)).toBe('secret');
      expect((await stat(join(site.root, pod.uid))).mode & 0o777).toBe(0o700);
      expect((await stat(site.root)).mode & 0o077).toBe(0);
      expect(await readFile(join(site.root, pod.uid, 'volumes.json'), 'utf8')).not.toContain('secret');
    });
  },
);

async function removeAll(folders: string[]): Promise<void> {
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
}

/** busybox, with labels that are not for an image to have. */
async function importLabelled({ engine, owner }: DockerSite, labels: Record<string, string>): Promise<string> {
  const repo = `hostile-${owner.node}`;
  const container = await engine.createContainer({ Image: 'busybox:latest' });
  const changes = Object.entries(labels).map(([key, value]) => `LABEL ${key}=${JSON.stringify(value)}`);
  await container.commit({ repo, tag: '1', changes: changes.join('\n') });
  await container.remove();
  onTestFinished(async () => void (await engine.getImage(`${repo}:1`).remove({ force: true })));
  return `${repo}:1`;
}
