import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { PodReport, ResolvedVolume } from '@interlink/sidecar-sdk';
import { parseImageReference } from '@interlink/sidecar-sdk';
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from 'vitest';
import { PullRecords } from './image/pull-records.ts';
import { etcPaths, writeEtc, writePodAddress } from './sandbox/pod-etc.ts';
import { base64, hasEnded, shell, useDockerSite } from './testing/docker-site.ts';
import { silent } from './testing/running-pod.ts';
import { SmallDisk } from './testing/small-disk.ts';
import { type Eviction, readEvictions } from './volumes/eviction-note.ts';
import { SizeKeeper } from './volumes/size-keeper.ts';

const { docker } = inject('testbed');
const { signal: never } = new AbortController();
const noRoom = /ENOSPC: no space left on device/;
const volumes = [{ name: 'config', configMap: { name: 'config' } }];
const volumeMounts = [{ name: 'config', mountPath: '/config' }];
const filesOf = (content: string): ResolvedVolume[] => [
  { name: 'config', files: [{ path: 'text', mode: 0o644, data: base64(content) }] },
];

describe.skipIf(docker === undefined)(
  docker === undefined ? 'a full disk (skipped: no Docker Engine can run on this machine)' : 'a full disk',
  () => {
    const site = useDockerSite();
    let disk: SmallDisk;

    beforeAll(async () => {
      disk = await SmallDisk.mount(site.root, 1_024, docker?.socket ?? '');
      // The site looks once whether the engine sees its folder.
      await site.backend.capabilities();
    });
    afterEach(async () => await disk.free());
    afterAll(async () => await disk[Symbol.asyncDispose]());

    test('keeps a pod from being created, which leaves nothing, and runs when there is room', async () => {
      await disk.fill();
      const metadata = { name: 'refused', namespace: 'tests', uid: randomUUID() };
      const spec = { restartPolicy: 'Never' as const, containers: [shell('true')] };
      const create = site.backend.create({ pod: { metadata, spec }, volumes: [] }, site.owner);
      await expect(create).rejects.toMatchObject({
        code: 'resource_exhausted',
        message: expect.stringMatching(`^Cannot write in DataRootFolder ${site.root}: ENOSPC: no space left on device`),
      });
      expect(await readdir(site.root)).not.toContain(metadata.uid);
      await disk.free();
      const pod = await site.create(spec, [], { uid: metadata.uid });
      await site.until(pod, hasEnded);
    });

    test('keeps a pod waiting for its volumes, and takes no room meanwhile', async () => {
      await disk.fill(64);
      const content = 'x'.repeat(200 * 1024);
      const containers = [shell('wc -c < /config/text', { volumeMounts })];
      const pod = await site.create({ containers, volumes }, filesOf(content));
      await site.until(pod, () => site.eventsOf(pod).some((event) => /^FailedMount/.test(event)));
      expect(site.eventsOf(pod).join('\n')).toMatch(/^FailedMount: .*volume "config".*no space left on device/m);
      expect(await readdir(join(site.root, pod.uid, 'volumes', 'config'))).toEqual([]);
      await disk.free();
      expect(await site.outputOf(pod)).toBe(`${content.length}\n`);
    });

    test('leaves the files of a volume as they were, whole, and takes the same update when there is room', async () => {
      const script = 'trap "exit 0" TERM; until grep -q new /config/text; do sleep 0.1; done; wc -c < /config/text';
      const pod = await site.create({ containers: [shell(script, { volumeMounts })], volumes }, filesOf('old'));
      await site.until(pod, isRunning);
      await disk.fill(16);
      const update = filesOf(`new${'x'.repeat(100 * 1024)}`);
      await expect(site.backend.updateVolumes(pod, update)).rejects.toThrow(noRoom);
      const folder = join(site.root, pod.uid, 'volumes', 'config');
      expect(await readFile(join(folder, 'text'), 'utf8')).toBe('old');
      expect((await readdir(folder)).length).toBe(3);
      await disk.free();
      await site.backend.updateVolumes(pod, update);
      expect(await site.outputOf(pod)).toBe(`${3 + 100 * 1024}\n`);
    });

    test('does not keep a pod from being deleted, nor its address from its hosts file', async () => {
      const pod = await site.create({ containers: [shell('exec sleep 100000')] });
      await site.until(pod, isRunning);
      const etc = { hosts: { hostname: 'p', aliases: [] }, resolvConf: undefined };
      const uid = randomUUID();
      await writeEtc(site.root, uid, etc);
      await disk.fill();
      await writePodAddress(site.root, uid, '10.1.2.3').catch((error: Error) => expect(error.message).toMatch(noRoom));
      expect(await readFile(etcPaths(site.root, uid).hosts, 'utf8')).toContain('10.1.2.3');
      await site.remove(pod);
    });

    test('lets no record of an image be half of one, and records come when there is room', async () => {
      const records = new PullRecords(site.root);
      const reference = parseImageReference('registry.example/private:1');
      if (reference === undefined) throw new Error('no reference');
      const login = { username: 'u', password: 'p' };
      const pulled = { id: `sha256:${'b'.repeat(64)}`, reference, login, isPreloaded: false, isOurs: true };
      await mkdir(join(site.root, '.images'), { recursive: true });
      await disk.fill();
      await expect(records.notePulled(pulled)).rejects.toThrow(noRoom);
      expect(await readdir(join(site.root, '.images'))).toEqual([]);
      await disk.free();
      await records.notePulled(pulled);
      expect(await records.isOpenTo(pulled.id, reference, [login])).toBe(true);
      await records.forget(pulled.id);
    });

    test('is freed of the pod that took more than its limit, which is noted when there is room', async () => {
      const script = 'cat /dev/zero > /own/file; echo full; exec sleep 100000';
      const pod = await site.create({
        containers: [shell(script, { volumeMounts: [{ name: 'own', mountPath: '/own' }] })],
        volumes: [{ name: 'own', emptyDir: { sizeLimit: '100Ki' } }],
      });
      const size = async () =>
        (await stat(join(site.root, pod.uid, 'volumes', 'own', 'file')).catch(() => undefined))?.size;
      await expect.poll(size, { timeout: 30_000 }).toBeGreaterThan(500 * 1024);
      // From then on it takes nothing of what is freed.
      await expect.poll(async () => await site.logOf(pod), { timeout: 30_000 }).toContain('full');
      await disk.fill();
      const evicted: string[] = [];
      const onEvicted = (_: string, { message }: Eviction) => evicted.push(message);
      const keeper = new SizeKeeper({ root: site.root, logger: silent, onEvicted });
      await keeper.look(never);
      expect(evicted).toEqual([expect.stringContaining('"own" exceeds the limit "100Ki"')]);
      expect(await readEvictions(site.root)).toEqual(new Map());
      await disk.free();
      await keeper.look(never);
      expect((await readEvictions(site.root)).get(pod.uid)?.message).toBe(evicted[0]);
    });
  },
);

function isRunning({ status }: PodReport): boolean {
  return status.containerStatuses[0]?.state.running !== undefined;
}
