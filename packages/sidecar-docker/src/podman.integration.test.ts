import { randomUUID } from 'node:crypto';
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { PodRequest } from '@interlink/sidecar-sdk';
import { expect, inject, onTestFinished, test, vi } from 'vitest';
import { takeEngine } from '../../../test/testbed/docker/engine-turn.ts';
import { findPodLeftovers } from '../../../test/testbed/docker/pod-leftovers.ts';
import { ON_DEMAND_TIMEOUT_MS, offers, podman } from '../../../test/testbed/index.ts';
import { createDockerBackend } from './sidecar.ts';
import { capabilitiesIn, hostDevices, mostCapabilities, printDevices, printStatus } from './testing/host-privileges.ts';
import { owner, silent } from './testing/running-pod.ts';

const testbed = inject('testbed');
type Config = Parameters<typeof createDockerBackend>[0];

/** Fails once, and tells then what it has of its pod. */
const script = `
echo run >> /kept/runs
[ "$(wc -l < /kept/runs)" = 2 ] || exit 1
hostname; head -n 1 /etc/hosts; stat -f -c %T /kept; stat -c %a /kept`;

test.skipIf(!offers(testbed, 'podman'))(
  'on Podman a container has its pod’s name, hosts file and memory, keeps them when it is begun again, and leaves nothing',
  { timeout: ON_DEMAND_TIMEOUT_MS },
  async () => {
    const { host, socket } = await podman(testbed);
    const turn = await takeEngine(socket);
    onTestFinished(async () => await turn[Symbol.asyncDispose]());
    const root = await realpath(await mkdtemp(join(tmpdir(), 'interlink-podman-')));
    onTestFinished(async () => await rm(root, { recursive: true, force: true }));
    const newBackend = async () =>
      await createDockerBackend({ DataRootFolder: root, ExportPodData: true } as Config, silent, { DOCKER_HOST: host });
    const backend = await newBackend();
    const over = new AbortController();
    onTestFinished(() => over.abort());
    const deaf = { report: () => undefined, gone: () => undefined, event: () => undefined, relist: () => undefined };
    void backend.watch(deaf, over.signal);

    const request = requestOf(script);
    const { uid } = request.pod.metadata;
    const pod = { owner, ...request.pod.metadata };
    await backend.create(request, owner);
    const ended = async () => {
      const found = (await backend.list()).find(({ report }) => report.uid === uid);
      expect(found?.report.status.containerStatuses[0]).toMatchObject({
        restartCount: 1,
        state: { terminated: { exitCode: 0 } },
      });
    };
    await vi.waitFor(ended, { timeout: 120_000, interval: 200 });
    const log = await backend.logs(pod, 'main', {}, over.signal);
    expect((await text(log as AsyncIterable<Buffer>)).trim().split('\n')).toEqual([
      'web-0',
      '# Kubernetes-managed hosts file.',
      'tmpfs',
      '777',
    ]);

    await backend.delete(pod, 0);
    const mine = async () => (await findPodLeftovers(socket)).filter((one) => one.includes(uid));
    await vi.waitFor(async () => expect(await mine()).toEqual([]), { timeout: 60_000, interval: 200 });
  },
);

test.skipIf(!offers(testbed, 'podman'))(
  'on Podman a sidecar that takes over knows which pods are to go',
  { timeout: ON_DEMAND_TIMEOUT_MS },
  async () => {
    const { host, socket } = await podman(testbed);
    const turn = await takeEngine(socket);
    onTestFinished(async () => await turn[Symbol.asyncDispose]());
    const root = await realpath(await mkdtemp(join(tmpdir(), 'interlink-podman-')));
    onTestFinished(async () => await rm(root, { recursive: true, force: true }));
    const newBackend = async () =>
      await createDockerBackend({ DataRootFolder: root, ExportPodData: true } as Config, silent, { DOCKER_HOST: host });
    const request = requestOf('trap "" TERM; while :; do sleep 1; done');
    const { uid } = request.pod.metadata;
    const pod = { owner, ...request.pod.metadata };
    const before = await newBackend();
    await before.create(request, owner);
    // A pod of which nothing runs is gone at once.
    const runs = async () => {
      const found = (await before.list()).find(({ report }) => report.uid === uid);
      expect(found?.report.status.containerStatuses[0]?.state.running).toBeDefined();
    };
    await vi.waitFor(runs, { timeout: 120_000, interval: 200 });
    await before.delete(pod, 600);
    const after = await newBackend();
    await expect(after.create(request, owner)).rejects.toMatchObject({ code: 'aborted' });
    await after.delete(pod, 0);
    await before.delete(pod, 0);
    const mine = async () => (await findPodLeftovers(socket)).filter((one) => one.includes(uid));
    await vi.waitFor(async () => expect(await mine()).toEqual([]), { timeout: 60_000, interval: 200 });
  },
);

test.skipIf(!offers(testbed, 'podman'))(
  'on Podman a privileged container has every capability and device of the host, and no filter of calls',
  { timeout: ON_DEMAND_TIMEOUT_MS },
  async () => {
    const { host, socket } = await podman(testbed);
    const turn = await takeEngine(socket);
    onTestFinished(async () => await turn[Symbol.asyncDispose]());
    const root = await realpath(await mkdtemp(join(tmpdir(), 'interlink-podman-')));
    onTestFinished(async () => await rm(root, { recursive: true, force: true }));
    const config = { DataRootFolder: root, ExportPodData: true, 'Docker.AllowPrivileged': true } as Config;
    const backend = await createDockerBackend(config, silent, { DOCKER_HOST: host });
    const script = `${printStatus}; ${printDevices}; mount -t tmpfs none /tmp && echo mounted`;
    const request = requestOf(script, { privileged: true });
    const { uid } = request.pod.metadata;
    const pod = { owner, ...request.pod.metadata };
    await backend.create(request, owner);
    const ended = async () => {
      const found = (await backend.list()).find(({ report }) => report.uid === uid);
      expect(found?.report.status.containerStatuses[0]?.state.terminated?.exitCode).toBe(0);
    };
    await vi.waitFor(ended, { timeout: 120_000, interval: 200 });
    const log = await backend.logs(pod, 'main', {}, new AbortController().signal);
    const output = await text(log as AsyncIterable<Buffer>);
    expect(output).toMatch(/^CapEff: .*\nNoNewPrivs: 0\nSeccomp: 0\n/);
    expect(capabilitiesIn(output)).toBe(mostCapabilities());
    expect(output.split('\n')).toEqual(expect.arrayContaining([...(await hostDevices()), 'mounted']));

    await backend.delete(pod, 0);
    const mine = async () => (await findPodLeftovers(socket)).filter((one) => one.includes(uid));
    await vi.waitFor(async () => expect(await mine()).toEqual([]), { timeout: 60_000, interval: 200 });
  },
);

function requestOf(command: string, securityContext: Record<string, unknown> = {}): PodRequest {
  const container = {
    ...{ name: 'main', image: 'busybox:latest', imagePullPolicy: 'IfNotPresent' as const },
    ...{ command: ['sh', '-c', command], volumeMounts: [{ name: 'kept', mountPath: '/kept' }], securityContext },
  };
  const volumes = [{ name: 'kept', emptyDir: { medium: 'Memory' } }];
  const metadata = { name: 'pod', namespace: 'tests', uid: randomUUID() };
  const spec = { restartPolicy: 'OnFailure' as const, hostname: 'web-0', containers: [container], volumes };
  return { pod: { metadata, spec }, volumes: [] };
}
