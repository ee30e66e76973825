import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type {
  LogOptions,
  News,
  OwnedReport,
  Owner,
  PodEvent,
  PodReference,
  PodReport,
  PodRequest,
} from '@interlink/sidecar-sdk';
import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test } from 'vitest';
import { useEngine } from '../../../test/testbed/docker/engine-turn.ts';
import { createDockerBackend } from './sidecar.ts';
import { untilNothingIsLeft } from './testing/nothing-left.ts';
import { silent } from './testing/running-pod.ts';

const { docker } = inject('testbed');
const owner: Owner = { cluster: 'tests', node: `n-${randomUUID()}` };
type Backend = Awaited<ReturnType<typeof createDockerBackend>>;
type Containers = PodRequest['pod']['spec']['containers'];

describe.skipIf(docker === undefined)(
  docker === undefined ? 'DockerBackend (skipped: no Docker Engine can run on this machine)' : 'DockerBackend',
  () => {
    useEngine(docker?.socket);
    let root = '';
    let seen: Recorder;
    let backend: Backend;
    const over = new AbortController();

    beforeAll(async () => {
      root = await mkdtemp(join(tmpdir(), 'interlink-docker-'));
      backend = await newBackend();
      seen = new Recorder();
      void backend.watch(seen, over.signal);
    });
    afterAll(async () => {
      await untilNothingIsLeft({ root, of: { owner } });
      over.abort();
      await rm(root, { recursive: true, force: true });
    });

    const newBackend = async (): Promise<Backend> =>
      await createDockerBackend({ DataRootFolder: root, ExportPodData: true } as Config, silent, {
        DOCKER_HOST: docker?.host,
      });

    async function create(
      spec: Partial<PodRequest['pod']['spec']> & { containers: Containers },
      volumes: PodRequest['volumes'] = [],
    ) {
      const request = requestOf(spec, volumes);
      const reference = referenceOf(request);
      onTestFinished(async () => await backend.delete(reference, 0));
      return { request, reference, first: await backend.create(request, owner) };
    }

    test('runs a pod from its files to its log, and leaves nothing', async () => {
      const volumeMounts = [
        { name: 'files', mountPath: '/files' },
        { name: 'work', mountPath: '/work' },
      ];
      const { reference, first } = await create(
        {
          initContainers: [shell('setup', 'cat /files/key > /work/copy', { volumeMounts })],
          containers: [shell('main', 'cat /work/copy; hostname; sleep 0.2; echo problem >&2', { volumeMounts })],
          volumes: [
            { name: 'files', secret: {} },
            { name: 'work', emptyDir: {} },
          ],
        },
        [{ name: 'files', files: [{ path: 'key', mode: 0o400, data: Buffer.from('value\n').toString('base64') }] }],
      );
      expect(first.status.containerStatuses[0]?.state).toEqual({ waiting: { reason: 'PodInitializing' } });
      const last = await seen.until(reference, hasEnded);
      expect(last.status.initContainerStatuses?.[0]).toMatchObject({
        ready: true,
        state: { terminated: { reason: 'Completed' } },
      });
      expect(last.status.podIP).toMatch(/^\d+\.\d+\.\d+\.\d+$/);
      expect(await read(backend, reference, 'main')).toBe('value\npod\nproblem\n');
      expect(await read(backend, reference, 'main', { tailLines: 1 })).toBe('problem\n');
      await backend.delete(reference, 5);
      await seen.untilGone(reference);
      expect(existsSync(join(root, reference.uid))).toBe(false);
      expect((await backend.list()).filter(({ report }) => report.uid === reference.uid)).toEqual([]);
      expect(seen.reasons(reference)).toEqual([
        ...['Created', 'Created', 'MissingClusterDNS', 'Pulled', 'Pulled', 'Started', 'Started'],
      ]);
    });

    test('keeps an emptyDir in memory from an init container to the next', async () => {
      const volumeMounts = [{ name: 'ram', mountPath: '/ram' }];
      const { reference } = await create({
        initContainers: [shell('setup', 'echo kept > /ram/file', { volumeMounts })],
        containers: [shell('main', 'cat /ram/file; stat -f -c %T /ram', { volumeMounts })],
        volumes: [{ name: 'ram', emptyDir: { medium: 'Memory', sizeLimit: '1Mi' } }],
      });
      await seen.until(reference, hasEnded);
      expect(await read(backend, reference, 'main')).toBe('kept\ntmpfs\n');
    });

    test('a create sent twice at once runs one pod', async () => {
      const volumeMounts = [{ name: 'work', mountPath: '/work' }];
      const request = requestOf({
        containers: [shell('main', 'echo run >> /work/runs; cat /work/runs', { volumeMounts })],
        volumes: [{ name: 'work', emptyDir: {} }],
      });
      const reference = referenceOf(request);
      onTestFinished(async () => await backend.delete(reference, 0));
      const other = await newBackend();
      await Promise.all([backend.create(request, owner), other.create(request, owner)]);
      await seen.until(reference, hasEnded);
      expect(await read(backend, reference, 'main')).toBe('run\n');
    });

    test('a pod whose image could not be had is incomplete for the next process, and completed by the same request', async () => {
      const broken = requestOf({ containers: [shell('main', 'echo done', { image: 'localhost:1/none:1' })] });
      const reference = referenceOf(broken);
      onTestFinished(async () => await backend.delete(reference, 0));
      await backend.create(broken, owner);
      const waiting = await seen.until(
        reference,
        ({ status }) => status.containerStatuses[0]?.state.waiting?.reason === 'RegistryUnavailable',
      );
      expect(waiting.incomplete).toBeUndefined();
      await expect(read(backend, reference, 'main')).rejects.toThrow('trying and failing to pull image');
      const next = await newBackend();
      const listed = (await next.list()).find(({ report }) => report.uid === reference.uid);
      expect(listed).toMatchObject({ owner, report: { incomplete: true } });
      const [main] = broken.pod.spec.containers;
      if (main !== undefined) main.image = 'busybox:latest';
      await next.create(broken, owner);
      await seen.until(reference, hasEnded);
      expect(await read(backend, reference, 'main')).toBe('done\n');
    });

    test('a deletion ends a container that ignores TERM when its grace period, shortened since, is over', async () => {
      const { reference } = await create({
        restartPolicy: 'Always',
        containers: [shell('main', 'trap "" TERM; echo ready; while :; do sleep 0.1; done')],
      });
      await seen.until(reference, ({ status }) => status.containerStatuses[0]?.state.running !== undefined);
      await expect.poll(async () => await read(backend, reference, 'main')).toBe('ready\n');
      await backend.delete(reference, 600);
      await expect(
        backend.create(requestOf({ containers: [shell('main', 'true')] }, [], reference.uid), owner),
      ).rejects.toThrow('still being deleted');
      await backend.delete(reference, 1);
      await seen.untilGone(reference);
      const last = seen.last(reference)?.status.containerStatuses[0];
      expect(last).toMatchObject({
        restartCount: 0,
        ready: false,
        state: { terminated: { exitCode: 137, reason: 'Error' } },
      });
      expect(seen.reasons(reference)).toContain('Killing');
    });

    test('reports an exit code, a restart and a command that is not there', async () => {
      const failing = await create({ restartPolicy: 'OnFailure', containers: [shell('main', 'exit 3')] });
      const absent = await create({ containers: [{ ...shell('main', ''), command: ['/nope'] }] });
      const restarted = await seen.until(
        failing.reference,
        ({ status }) => status.containerStatuses[0]?.state.waiting?.reason === 'CrashLoopBackOff',
      );
      expect(restarted.status.containerStatuses[0]).toMatchObject({
        restartCount: 1,
        lastState: { terminated: { exitCode: 3, reason: 'Error' } },
      });
      const refused = await seen.until(absent.reference, hasEnded);
      expect(refused.status.containerStatuses[0]?.state.terminated).toMatchObject({
        exitCode: 128,
        reason: 'StartError',
      });
    });

    test('follows a log until the container ends, or the reader goes', async () => {
      const { reference } = await create({
        containers: [shell('main', 'for i in 1 2 3; do echo $i; sleep 0.2; done')],
      });
      await seen.until(reference, ({ status }) => status.containerStatuses[0]?.state.waiting === undefined);
      expect(await read(backend, reference, 'main', { follow: true })).toBe('1\n2\n3\n');
      await expect(read(backend, reference, 'main', { previous: true })).rejects.toThrow(
        'previous terminated container "main" in pod "pod" not found',
      );
    });

    test('capabilities() tells what the engine has', async () => {
      const { pools, backend: about } = await backend.capabilities();
      expect(about.version).toMatch(/^\d+\./);
      expect(Number(pools[0]?.capacity.memory)).toBeGreaterThan(2 ** 28);
    });
  },
);

type Config = Parameters<typeof createDockerBackend>[0];

function shell(name: string, script: string, more: object = {}): Containers[number] {
  return { name, image: 'busybox:latest', imagePullPolicy: 'IfNotPresent', command: ['sh', '-c', script], ...more };
}

function requestOf(
  spec: Partial<PodRequest['pod']['spec']> & { containers: Containers },
  volumes: PodRequest['volumes'] = [],
  uid: string = randomUUID(),
): PodRequest {
  const metadata = { name: 'pod', namespace: 'tests', uid };
  return { pod: { metadata, spec: { restartPolicy: 'Never', ...spec } }, volumes };
}

function referenceOf({ pod: { metadata } }: PodRequest): PodReference {
  return { owner, uid: metadata.uid, namespace: metadata.namespace, name: metadata.name };
}

function hasEnded({ status }: PodReport): boolean {
  return status.containerStatuses.every(({ state }) => state.terminated !== undefined);
}

async function read(backend: Backend, pod: PodReference, container: string, options: LogOptions = {}): Promise<string> {
  const chunks = await Array.fromAsync(await backend.logs(pod, container, options, new AbortController().signal));
  return Buffer.concat(chunks).toString();
}

/** Keeps what a backend tells. */
class Recorder implements News {
  readonly #reports = new Map<string, PodReport>();
  readonly #gone = new Set<string>();
  readonly #events: { uid: string; event: PodEvent }[] = [];

  report({ report }: OwnedReport): void {
    this.#reports.set(report.uid, report);
  }

  gone(uid: string): void {
    this.#gone.add(uid);
  }

  event(uid: string, event: PodEvent): void {
    this.#events.push({ uid, event });
  }

  relist(): void {
    // Every test looks at pods of its own, made after the stream was open.
  }

  last({ uid }: PodReference): PodReport | undefined {
    return this.#reports.get(uid);
  }

  reasons({ uid }: PodReference): string[] {
    return this.#events
      .filter((one) => one.uid === uid)
      .map(({ event }) => event.reason)
      .toSorted();
  }

  async until(pod: PodReference, matches: (report: PodReport) => boolean): Promise<PodReport> {
    await expect
      .poll(
        () => {
          const last = this.last(pod);
          return last !== undefined && matches(last);
        },
        { timeout: 30_000 },
      )
      .toBe(true);
    const last = this.last(pod);
    if (last === undefined) throw new Error('no report');
    return last;
  }

  async untilGone({ uid }: PodReference): Promise<void> {
    await expect.poll(() => this.#gone.has(uid), { timeout: 30_000 }).toBe(true);
  }
}
