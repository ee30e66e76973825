import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Container, EphemeralContainer, PodReference, PodReport, PodSpec } from '@interlink/sidecar-sdk';
import Docker from 'dockerode';
import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test, vi } from 'vitest';
import { useEngine } from '../../../test/testbed/docker/engine-turn.ts';
import { createDockerBackend } from './sidecar.ts';
import { untilNothingIsLeft } from './testing/nothing-left.ts';
import { owner, runPod, silent } from './testing/running-pod.ts';

const { docker } = inject('testbed');
type Backend = Awaited<ReturnType<typeof createDockerBackend>>;
const untilTerm = 'trap "exit 0" TERM; while true; do sleep 0.1; done';
const image = { image: 'busybox:latest', imagePullPolicy: 'IfNotPresent' as const };

describe.skipIf(docker === undefined)(
  docker === undefined ? 'updatePod() (skipped: no Docker Engine can run on this machine)' : 'updatePod()',
  () => {
    useEngine(docker?.socket);
    let root = '';
    let backend: Backend;
    const engine = new Docker({ socketPath: docker?.host.replace('unix://', '') ?? '' });
    const newBackend = async (): Promise<Backend> => {
      const config = { DataRootFolder: root, ExportPodData: true } as Parameters<typeof createDockerBackend>[0];
      return await createDockerBackend(config, silent, { DOCKER_HOST: docker?.host });
    };

    beforeAll(async () => {
      root = await mkdtemp(join(tmpdir(), 'interlink-docker-'));
      backend = await newBackend();
    });
    afterAll(async () => {
      await untilNothingIsLeft({ root, of: { owner } });
      await rm(root, { recursive: true, force: true });
    });

    async function running(script: string, more: Partial<Container> = {}): Promise<PodReference> {
      const pod = await runPod(backend, script, more);
      onTestFinished(async () => await backend.delete(pod, 0));
      return pod;
    }

    async function update(
      pod: PodReference,
      generation: number,
      spec: Partial<PodSpec>,
      on = backend,
    ): Promise<PodReport> {
      const { uid, namespace, name } = pod;
      const whole = { restartPolicy: 'Never' as const, containers: [{ name: 'main', ...image }], ...spec };
      return await on.update({ pod: { metadata: { uid, namespace, name, generation }, spec: whole } }, owner);
    }

    async function until(pod: PodReference, isSo: (report: PodReport) => boolean, on = backend): Promise<PodReport> {
      return await vi.waitFor(
        async () => {
          const report = (await on.list()).find((found) => found.report.uid === pod.uid)?.report;
          if (report !== undefined && isSo(report)) return report;
          throw new Error(JSON.stringify(report?.status));
        },
        { timeout: 60_000, interval: 100 },
      );
    }

    const debuggerOf = (script: string, more: Partial<EphemeralContainer> = {}): EphemeralContainer => ({
      ...{ name: 'debugger', ...image, command: ['sh', '-c', script], env: [{ name: 'WHO', value: 'debugger' }] },
      ...more,
    });
    const logOf = async (pod: PodReference, container: string) =>
      await text((await backend.logs(pod, container, {}, new AbortController().signal)) as AsyncIterable<Buffer>);

    test('an ephemeral container shares the network, and the processes of its target; it starts once', async () => {
      const pod = await running(
        `mkdir /www; echo served > /www/index.html; httpd -p 8080 -h /www; echo up; exec sleep 9731`,
      );
      await vi.waitFor(async () => expect(await logOf(pod, 'main')).toBe('up\n'), 10_000);
      const script = 'echo $WHO; wget -qO- http://127.0.0.1:8080; ps | grep -c "[s]leep 9731"';
      const ephemeralContainers = [debuggerOf(script, { targetContainerName: 'main' })];
      const first = await update(pod, 2, { ephemeralContainers });
      expect(first.status).toMatchObject({
        observedGeneration: 2,
        ephemeralContainerStatuses: [{ name: 'debugger', image: 'busybox:latest' }],
      });
      const ended = (report: PodReport) =>
        report.status.ephemeralContainerStatuses?.[0]?.state.terminated?.exitCode === 0;
      const report = await until(pod, ended);
      expect(report.status.containerStatuses[0]?.state.running).toBeDefined();
      expect(await logOf(pod, 'debugger')).toBe('debugger\nserved\n1\n');
      await update(pod, 3, { ephemeralContainers });
      const again = await until(pod, ended);
      expect(again.status.ephemeralContainerStatuses).toEqual(report.status.ephemeralContainerStatuses);
    });

    test('ephemeral containers that can’t be had are refused by themselves, with the reason', async () => {
      const pod = await running(untilTerm);
      const privileged = debuggerOf('true', { name: 'privileged', securityContext: { privileged: true } });
      const lost = debuggerOf('true', { name: 'lost', targetContainerName: 'no-such' });
      const fine = debuggerOf('echo fine');
      await update(pod, 2, { ephemeralContainers: [privileged, lost, fine] });
      const { status } = await until(pod, (report) =>
        (report.status.ephemeralContainerStatuses ?? []).some(({ state }) => state.terminated?.exitCode === 0),
      );
      const messages = status.ephemeralContainerStatuses?.map(({ name, state }) => [
        name,
        state.waiting?.message ?? '',
      ]);
      expect(Object.fromEntries(messages ?? [])).toEqual({
        debugger: '',
        privileged: expect.stringContaining('privileged: true is not allowed here'),
        lost: 'container no-such, whose processes it is to see, does not run',
      });
    });

    test('another image replaces the container, which keeps its environment, and counts as a restart', async () => {
      await engine.getImage('busybox:latest').tag({ repo: 'interlink-update-test', tag: '2' });
      // What it says first is said when it hears TERM already.
      const script = 'trap "exit 0" TERM; echo "$COLOUR at $0"; while true; do sleep 0.1; done';
      const pod = await running(script, { env: [{ name: 'COLOUR', value: 'green' }] });
      await vi.waitFor(async () => expect(await logOf(pod, 'main')).toBe('green at sh\n'), 10_000);
      const before = await until(pod, () => true);
      const other = { name: 'main', image: 'interlink-update-test:2', imagePullPolicy: 'Never' as const };
      const seen: string[] = [];
      await update(pod, 2, { containers: [other], terminationGracePeriodSeconds: 5 });
      const { status } = await until(pod, (report) => {
        const { state, restartCount } = report.status.containerStatuses[0] ?? { state: {}, restartCount: 0 };
        seen.push(Object.keys(state).join());
        return restartCount === 1 && state.running !== undefined;
      });
      expect(new Set(seen)).toEqual(new Set(['running']));
      expect(status).toMatchObject({
        observedGeneration: 2,
        containerStatuses: [{ image: other.image, lastState: { terminated: { exitCode: 0, reason: 'Completed' } } }],
      });
      expect(status.containerStatuses[0]?.containerID).not.toBe(before.status.containerStatuses[0]?.containerID);
      await vi.waitFor(async () => expect(await logOf(pod, 'main')).toBe('green at sh\n'), 10_000);
      // A sidecar that starts anew sees the same, and does nothing about it when it is told again.
      const later = await newBackend();
      await update(pod, 2, { containers: [other] }, later);
      const again = await until(pod, () => true, later);
      expect(again.status.containerStatuses).toEqual(status.containerStatuses);
    });

    test('a resize changes the limits of the running container', async () => {
      const resources = { limits: { cpu: '500m', memory: '64Mi' } };
      const pod = await running(untilTerm, { resources });
      const before = await until(pod, () => true);
      const bigger = { limits: { cpu: '1', memory: '128Mi' } };
      const report = await update(pod, 2, { containers: [{ name: 'main', ...image, resources: bigger }] });
      expect(report.status.resize).toBeUndefined();
      const [id] = before.status.containerStatuses.map(({ containerID = '' }) => containerID.replace('docker://', ''));
      const { HostConfig: host } = await engine.getContainer(id ?? '').inspect();
      expect([host.Memory, host.CpuQuota]).toEqual([128 * 1024 * 1024, 100_000]);
      const limits = { memory: '1Pi' };
      const refused = await update(pod, 3, { containers: [{ name: 'main', ...image, resources: { limits } }] });
      expect(refused.status.resize).toMatchObject({
        state: 'Infeasible',
        message: expect.stringMatching(/^container main asks for \d+ bytes of memory, the machine has \d+$/),
      });
      expect(refused.status.containerStatuses[0]?.restartCount).toBe(0);
    });

    test('nothing of an updated pod is left after its deletion', async () => {
      const pod = await running(untilTerm);
      await update(pod, 2, { ephemeralContainers: [debuggerOf('sleep 1000')] });
      await until(pod, (report) => report.status.ephemeralContainerStatuses?.[0]?.state.running !== undefined);
      await backend.delete(pod, 0);
      const filters = { label: [`interlink.eu/pod-uid=${pod.uid}`] };
      await vi.waitFor(async () => expect(await engine.listContainers({ all: true, filters })).toEqual([]), 30_000);
    });
  },
);
