import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PodReference, PodSpec, ResolvedVolume, Volume } from '@interlink/sidecar-sdk';
import { describe, expect, inject, onTestFinished, test } from 'vitest';
import { base64, hasEnded, shell, useDockerSite } from '../testing/docker-site.ts';

const { docker } = inject('testbed');
const file = (path: string, mode: number, content = path) => ({ path, mode, data: base64(content) });
const at = (name: string, mountPath: string, more: object = {}) => ({ name, mountPath, ...more });

describe.skipIf(docker === undefined)(
  docker === undefined ? 'volumes (skipped: no Docker Engine can run on this machine)' : 'volumes',
  () => {
    const site = useDockerSite((root) => ({
      'Docker.HostPaths': [`${root}-open`, `${root}-read:ro`, '/dev/null'],
      'Docker.Claims': {
        'tests/fixed': { path: `${root}-fixed` },
        'tests/engine': { dockerVolume: `interlink-test-${root.slice(-6)}` },
        'storageClass:shared': { path: `${root}-claims/{namespace}/{claim}` },
      },
    }));
    const withFolder = async (name: string) => {
      const folder = `${site.root}-${name}`;
      await mkdir(folder, { recursive: true });
      onTestFinished(async () => await rm(folder, { recursive: true, force: true }));
      return folder;
    };
    async function outputOf(spec: PodSpec, volumes: ResolvedVolume[] = []): Promise<string[]> {
      return (await site.outputOf(await site.create(spec, volumes))).trimEnd().split('\n');
    }
    const one = (source: object, script: string, mount: object = {}, more: object = {}): PodSpec => ({
      containers: [shell(script, { volumeMounts: [at('v', '/v', mount)] })],
      volumes: [{ name: 'v', ...source } as Volume],
      ...more,
    });

    describe('permissions, seen from inside', () => {
      const everything: PodSpec['volumes'] = [
        { name: 'config', configMap: {} },
        { name: 'secret', secret: {} },
        { name: 'mixed', projected: {} },
        { name: 'labels', downwardAPI: {} },
        { name: 'empty', emptyDir: {} },
        { name: 'ram', emptyDir: { medium: 'Memory' } },
      ];
      const files: ResolvedVolume[] = [
        { name: 'config', files: [file('default', 0o644), file('items/own', 0o400)] },
        { name: 'secret', files: [file('key', 0o440)] },
        { name: 'mixed', files: [file('token', 0o600), file('ca.crt', 0o644)] },
        { name: 'labels', files: [file('labels', 0o644)] },
      ];
      const mounts = everything?.map(({ name }) => at(name, `/${name}`)) ?? [];
      const look = [
        'id -u; id -g; id -G',
        'stat -L -c "%n %a %u %g" /config/default /config/items/own /secret/key /mixed/token /mixed/ca.crt /labels/labels',
        'stat -c "%n %a %u %g" /config /empty /ram',
        'for f in /config/default /config/items/own /secret/key /mixed/token; do cat $f >/dev/null 2>&1 && echo can || echo cannot; done',
        'for d in /empty /ram; do echo x > $d/new 2>/dev/null && stat -c "%U %u %g" $d/new | cut -d" " -f2-; done',
      ].join('; ');
      const seenBy = async (pod: object, container: object = {}) =>
        await outputOf(
          {
            containers: [shell(look, { volumeMounts: mounts, ...container })],
            volumes: everything ?? [],
            securityContext: { ...pod },
          },
          files,
        );

      test('root, without an fsGroup', async () => {
        expect(await seenBy({})).toEqual([
          ...['0', '0', expect.stringMatching(/^0( |$)/)],
          ...['/config/default 644 0 0', '/config/items/own 400 0 0', '/secret/key 440 0 0'],
          ...['/mixed/token 600 0 0', '/mixed/ca.crt 644 0 0', '/labels/labels 644 0 0'],
          ...['/config 755 0 0', '/empty 777 0 0', '/ram 777 0 0'],
          ...['can', 'can', 'can', 'can', '0 0', '0 0'],
        ]);
      });

      test('a user without an fsGroup reads what is for all, and writes emptyDirs', async () => {
        const lines = await seenBy({}, { securityContext: { runAsUser: 1000, runAsGroup: 3000 } });
        expect(lines.slice(0, 3)).toEqual(['1000', '3000', '3000']);
        expect(lines.slice(-6)).toEqual(['can', 'cannot', 'cannot', 'cannot', '1000 3000', '1000 3000']);
      });

      test('a user with an fsGroup reads everything, and what it writes is the group’s', async () => {
        const lines = await seenBy({ runAsUser: 1000, runAsGroup: 3000, fsGroup: 2000, supplementalGroups: [4000] });
        expect(lines).toEqual([
          ...['1000', '3000', expect.stringMatching(/^3000 (2000 4000|4000 2000)$/)],
          ...['/config/default 644 0 2000', '/config/items/own 440 0 2000', '/secret/key 440 0 2000'],
          ...['/mixed/token 640 0 2000', '/mixed/ca.crt 644 0 2000', '/labels/labels 644 0 2000'],
          ...['/config 2755 0 2000', '/empty 2777 0 2000', '/ram 2777 0 2000'],
          ...['can', 'can', 'can', 'can', '1000 2000', '1000 2000'],
        ]);
      });

      test('two containers of a pod, each as its own user', async () => {
        const volumeMounts = [at('v', '/v')];
        const asUser = (runAsUser: number) => ({ volumeMounts, securityContext: { runAsUser } });
        const lines = await outputOf({
          initContainers: [shell('umask 077; echo mine > /v/mine', { name: 'first', ...asUser(1000) })],
          containers: [shell('cat /v/mine 2>&1; echo other > /v/other; stat -c "%u" /v/mine /v/other', asUser(1001))],
          volumes: [{ name: 'v', emptyDir: {} }],
        });
        expect(lines).toEqual([expect.stringContaining('Permission denied'), '1000', '1001']);
      });
    });

    test('files show as links into ..data, and follow an update; one that is mounted by subPath does not', async () => {
      const pod = await site.create(
        {
          containers: [
            shell(
              'cat /one /all/key; readlink /all/key; until grep -q new /all/key; do sleep 0.1; done; cat /one /all/key',
              {
                volumeMounts: [at('v', '/all'), at('v', '/one', { subPath: 'key' })],
              },
            ),
          ],
          volumes: [{ name: 'v', configMap: {} }],
        },
        [{ name: 'v', files: [file('key', 0o644, 'old\n')] }],
      );
      await expect.poll(async () => await site.logOf(pod), { timeout: 45_000 }).toBe('old\nold\n..data/key\n');
      await site.backend.updateVolumes(pod, [{ name: 'v', files: [file('key', 0o644, 'new\n')] }]);
      expect(await site.outputOf(pod)).toBe('old\nold\n..data/key\nold\nnew\n');
    });

    test('sub-paths of an emptyDir are made with its mode and group, and are apart', async () => {
      const lines = await outputOf({
        containers: [
          shell('stat -c "%a %g" /a /b; touch /a/x; ls /b', {
            volumeMounts: [at('v', '/a', { subPath: 'deep/a' }), at('v', '/b', { subPath: 'b/' })],
            securityContext: { runAsUser: 1000 },
          }),
        ],
        volumes: [{ name: 'v', emptyDir: {} }],
        securityContext: { fsGroup: 2000 },
      });
      expect(lines).toEqual(['2777 2000', '2777 2000']);
    });

    test('hostPath: an allowed folder, one below it, a file, a device', async () => {
      const open = await withFolder('open');
      await writeFile(join(open, 'file'), 'content\n');
      await mkdir(join(open, 'made'));
      const path = (path: string, type: string) => ({ hostPath: { path, type } });
      expect(await outputOf(one(path(open, 'Directory'), 'ls /v; echo x > /v/made/x'))).toEqual(['file', 'made']);
      expect(await readFile(join(open, 'made/x'), 'utf8')).toBe('x\n');
      expect(await outputOf(one(path(join(open, 'new/deep'), 'DirectoryOrCreate'), 'echo y > /v/y'))).toEqual(['']);
      expect(await readFile(join(open, 'new/deep/y'), 'utf8')).toBe('y\n');
      expect(await outputOf(one(path(join(open, 'file'), 'File'), 'cat /v'))).toEqual(['content']);
      expect(await outputOf(one(path(open, ''), 'cat /v', { subPath: 'file' }))).toEqual(['content']);
      expect(await outputOf(one(path('/dev/null', 'CharDevice'), 'stat -c %F /v'))).toEqual(['character special file']);
    });

    test('hostPath: a pod waits with FailedMount until the path is what its type says', async () => {
      const open = await withFolder('open');
      const pod = await site.create(one({ hostPath: { path: join(open, 'late'), type: 'Directory' } }, 'echo there'));
      await expect
        .poll(() => site.eventsOf(pod))
        .toContain(`FailedMount: MountVolume.SetUp failed for volume "v" : hostPath ${open}/late does not exist`);
      const report = (await site.backend.list()).find(({ report: { uid } }) => uid === pod.uid)?.report;
      expect(report?.status.containerStatuses[0]?.state).toEqual({ waiting: { reason: 'ContainerCreating' } });
      await mkdir(join(open, 'late'));
      expect(await site.outputOf(pod)).toBe('there\n');
    });

    test('a read-only entry is read-only for every pod', async () => {
      await writeFile(join(await withFolder('read'), 'file'), 'content\n');
      const volume = { hostPath: { path: `${site.root}-read`, type: '' } };
      expect(await outputOf(one(volume, 'cat /v/file; touch /v/x 2>&1'))).toEqual([
        ...['content', expect.stringContaining('Read-only file system')],
      ]);
    });

    test('claims: by name, and by the class of their storage; data stays, access modes hold', async () => {
      await withFolder('fixed');
      const claims = await withFolder('claims');
      const claim = (claimName: string, more: object = {}) => ({ persistentVolumeClaim: { claimName, ...more } });
      const asUser = { securityContext: { runAsUser: 1000 } };
      const shared = (more: object = {}) => claim('data', { storageClassName: 'shared', ...more });
      await outputOf(one(shared(), 'echo kept > /v/file', {}, asUser));
      expect((await stat(join(claims, 'tests/data/file'))).uid).toBe(1000);
      expect(await outputOf(one(shared(), 'cat /v/file; pwd'))).toEqual(['kept', '/']);
      for (const more of [{ readOnly: true }, { accessModes: ['ReadOnlyMany'] }]) {
        expect(await outputOf(one(shared(more), 'touch /v/x 2>&1'))).toEqual([expect.stringContaining('Read-only')]);
      }
      await outputOf(one(claim('fixed'), 'echo x > /v/x; mkdir -p /v/sub', { subPath: 'data/base' }));
      expect(await readFile(`${site.root}-fixed/data/base/x`, 'utf8')).toBe('x\n');
    });

    test('claims: a volume of the engine’s own outlives its pods', async () => {
      const volume = { persistentVolumeClaim: { claimName: 'engine' } };
      const name = `interlink-test-${site.root.slice(-6)}`;
      onTestFinished(async () => await site.engine.getVolume(name).remove());
      await site.remove(await ended(one(volume, 'echo kept > /v/file')));
      await site.remove(await ended(one(volume, 'cat /v/file')));
    });

    async function ended(spec: PodSpec): Promise<PodReference> {
      const pod = await site.create(spec);
      const { status } = await site.until(pod, hasEnded);
      expect(status.containerStatuses[0]?.state.terminated?.exitCode).toBe(0);
      return pod;
    }

    test('an emptyDir past its sizeLimit has its pod evicted, for good', async () => {
      const script = 'dd if=/dev/zero of=/v/file bs=1024 count=2048 2>/dev/null; sync; echo full; exec sleep 1000';
      const pod = await site.create(one({ emptyDir: { sizeLimit: '1Mi' } }, script, {}, { restartPolicy: 'Always' }));
      await site.until(pod, ({ status }) => status.containerStatuses[0]?.state.running !== undefined);
      await expect
        .poll(async () => (await stat(join(site.root, pod.uid, 'volumes/v/file'))).blocks * 512)
        .toBe(2 ** 21);
      // It looks at once when it starts, and every minute then.
      await site.restart();
      const message = 'Usage of EmptyDir volume "v" exceeds the limit "1Mi". ';
      const { status } = await site.until(pod, (report) => report.status.phase === 'Failed' && hasEnded(report));
      expect(status).toMatchObject({ phase: 'Failed', reason: 'Evicted', message });
      expect(site.eventsOf(pod)).toContain(`Evicted: ${message}`);
      const again = (await (await site.newBackend()).list()).find(({ report }) => report.uid === pod.uid);
      expect(again?.report.status).toMatchObject({ phase: 'Failed', reason: 'Evicted', message });
    });

    test('mountPropagation: HostToContainer is the engine’s rslave, None its rprivate', async () => {
      const open = await withFolder('open');
      const volumes: Volume[] = [{ name: 'v', hostPath: { path: open, type: 'Directory' } }];
      const volumeMounts = [at('v', '/a', { mountPropagation: 'HostToContainer' }), at('v', '/b')];
      const pod = await site.create({ containers: [shell('true', { volumeMounts })], volumes });
      await site.until(pod, hasEnded);
      const [{ Id: id } = { Id: '' }] = await site.engine.listContainers({
        all: true,
        filters: { label: [`interlink.eu/pod-uid=${pod.uid}`, 'interlink.eu/kind=container'] },
      });
      const { HostConfig: host } = await site.engine.getContainer(id).inspect();
      const own = host.Mounts?.filter(({ Target: target }) => ['/a', '/b'].includes(target));
      expect(own?.map(({ BindOptions: options }) => options?.Propagation)).toEqual(['rslave', 'rprivate']);
    });
  },
);
