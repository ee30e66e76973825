import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { InterLinkConfig, PodReference, PodSpec } from '@interlink/sidecar-sdk';
import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test } from 'vitest';
import { useEngine } from '../../../test/testbed/docker/engine-turn.ts';
import { findFreePorts } from '../../../test/testbed/process/free-ports.ts';
import { createDockerBackend } from './sidecar.ts';
import { untilNothingIsLeft } from './testing/nothing-left.ts';
import { owner, silent } from './testing/running-pod.ts';

const { docker } = inject('testbed');
type Backend = Awaited<ReturnType<typeof createDockerBackend>>;

describe.skipIf(docker === undefined)(
  docker === undefined ? 'a pod on Docker (skipped: no Docker Engine can run on this machine)' : 'a pod on Docker',
  () => {
    useEngine(docker?.socket);
    let root = '';
    let backend: Backend;
    const over = new AbortController();
    const events: Array<{ uid: string; reason: string; message: string }> = [];

    beforeAll(async () => {
      root = await mkdtemp(join(tmpdir(), 'interlink-docker-'));
      const config: Partial<InterLinkConfig> = {
        ...{ DataRootFolder: root, ExportPodData: true, ClusterDNS: '10.96.0.10', ClusterDomain: 'example.org' },
        ...{ 'Docker.AllowHostNamespaces': true, 'Docker.AllowPrivileged': true, 'Docker.PidsLimit': 99 },
        'Docker.AllowedUnsafeSysctls': 'kernel.msgmax',
      };
      backend = await createDockerBackend(config as InterLinkConfig, silent, { DOCKER_HOST: docker?.host });
      const news = {
        report: () => undefined,
        gone: () => undefined,
        relist: () => undefined,
        event: (uid: string, event: { reason: string; message: string }) => void events.push({ uid, ...event }),
      };
      void backend.watch(news, over.signal);
    });
    afterAll(async () => {
      over.abort();
      await rm(root, { recursive: true, force: true });
    });

    /** Runs the script in a container of such a pod, and returns what it printed. */
    async function outputOf(script: string, spec: Partial<PodSpec> & Record<string, unknown> = {}, container = {}) {
      const pod = await start(script, spec, container);
      await expect.poll(async () => (await statusOf(pod))?.containerStatuses[0]?.state.terminated, slow).toBeDefined();
      const chunks = await Array.fromAsync(await backend.logs(pod, 'main', {}, new AbortController().signal));
      return { pod, lines: Buffer.concat(chunks).toString().trimEnd().split('\n') };
    }

    async function start(script: string, spec: Partial<PodSpec> & Record<string, unknown>, container: object) {
      const pod = { owner, uid: randomUUID(), namespace: 'tests', name: 'web-0' };
      const { uid, namespace, name } = pod;
      const main = { ...shell('main', script), ...container };
      const whole = { restartPolicy: 'Never' as const, ...spec, containers: [main, ...(spec.containers ?? [])] };
      onTestFinished(async () => {
        await backend.delete(pod, 0);
        await untilNothingIsLeft({ root, of: { uid } });
      });
      await backend.create({ pod: { metadata: { uid, namespace, name }, spec: whole }, volumes: [] }, owner);
      return pod;
    }

    const statusOf = async ({ uid }: PodReference) =>
      (await backend.list()).find(({ report }) => report.uid === uid)?.report.status;

    test('has its name, its /etc/hosts in the kubelet’s words, and the cluster’s name servers', async () => {
      const spec = { hostname: 'h', subdomain: 'sub', hostAliases: [{ ip: '192.0.2.7', hostnames: ['seven'] }] };
      const { pod, lines } = await outputOf('hostname; hostname -f; cat /etc/resolv.conf; cat /etc/hosts', spec);
      const ip = (await statusOf(pod))?.podIP ?? '';
      expect(lines.slice(0, 5)).toEqual([
        ...['h', 'h.sub.tests.svc.example.org'],
        expect.stringMatching(/^search tests\.svc\.example\.org svc\.example\.org example\.org/),
        ...['nameserver 10.96.0.10', 'options ndots:5'],
      ]);
      expect(lines[5]).toBe('# Kubernetes-managed hosts file.');
      expect(lines.slice(-4)).toEqual([
        `${ip}\th.sub.tests.svc.example.org\th`,
        '',
        '# Entries added by HostAliases.',
        '192.0.2.7\tseven',
      ]);
    });

    test('shares network and host name among its containers, and processes when it says so', async () => {
      const other = shell('other', 'while :; do echo x | nc -l -p 7777; done');
      const script = 'until nc 127.0.0.1 7777; do sleep 0.1; done; hostname; ps -o comm | grep -c pause';
      const { lines } = await outputOf(script, { shareProcessNamespace: true, containers: [other] });
      expect(lines.slice(-3)).toEqual(['x', 'web-0', '1']);
    });

    test('leaves no dead processes behind where all share their processes', async () => {
      const script = '(sleep 0.1 &); sleep 1; ps -o stat,comm | grep -c "^Z" || true';
      const { lines } = await outputOf(script, { shareProcessNamespace: true });
      expect(lines).toEqual(['0']);
    });

    test('sets sysctls, safe ones and those that are allowed', async () => {
      const sysctls = [
        { name: 'net.ipv4.ip_unprivileged_port_start', value: '7' },
        { name: 'kernel.msgmax', value: '4321' },
      ];
      const { lines } = await outputOf('cat /proc/sys/net/ipv4/ip_unprivileged_port_start /proc/sys/kernel/msgmax', {
        securityContext: { sysctls },
      });
      expect(lines).toEqual(['7', '4321']);
    });

    test('has the user, groups and capabilities that it asks for, and no more', async () => {
      const capabilities = { drop: ['ALL'], add: ['NET_BIND_SERVICE', 'NET_ADMIN'] };
      const { lines } = await outputOf(
        'id -u; id -G; grep -E "^(CapBnd|NoNewPrivs|Seccomp):" /proc/self/status; touch /x 2>&1 || echo read-only',
        { securityContext: { runAsUser: 1000, runAsGroup: 2000, fsGroup: 3000, supplementalGroups: [4000] } },
        { securityContext: { capabilities, allowPrivilegeEscalation: false, readOnlyRootFilesystem: true } },
      );
      expect(lines.map((line) => line.replace(/\s+/g, ' '))).toEqual([
        ...['1000', '2000 3000 4000'],
        // Bits 10 and 12: https://github.com/torvalds/linux/blob/master/include/uapi/linux/capability.h
        ...['CapBnd: 0000000000001400', 'NoNewPrivs: 1', 'Seccomp: 2'],
        ...['touch: /x: Read-only file system', 'read-only'],
      ]);
    });

    test('runs without a seccomp profile when it says so', async () => {
      const unconfined = { securityContext: { seccompProfile: { type: 'Unconfined' } } };
      const { lines } = await outputOf('grep "^Seccomp:" /proc/self/status', {}, unconfined);
      expect(lines.map((line) => line.replace(/\s+/g, ' '))).toEqual(['Seccomp: 0']);
    });

    test('is limited as its resources say', async () => {
      const resources = { requests: { cpu: '100m', memory: '64Mi' }, limits: { cpu: '500m', memory: '128Mi' } };
      const { lines } = await outputOf(printLimits, {}, { resources });
      expect(lines).toEqual(['50000', '102', String(128 * 2 ** 20), '99', expect.stringMatching(/^99\d$/)]);
    });

    test('publishes a hostPort', async () => {
      const [port = 0] = await findFreePorts(1);
      const ports = [{ containerPort: 8080, hostPort: port, hostIP: '127.0.0.1' }];
      await start('while :; do printf "HTTP/1.0 200 OK\\r\\n\\r\\nhere" | nc -l -p 8080; done', {}, { ports });
      const answer = async () =>
        await fetch(`http://127.0.0.1:${port}/`).then(
          (response) => response.text(),
          () => undefined,
        );
      await expect.poll(answer, slow).toBe('here');
    });

    test('sees the host where it shares its namespaces', async () => {
      const { pod, lines } = await outputOf(
        'hostname; ls -d /proc/[0-9]* | wc -l; head -1 /etc/hosts; readlink /proc/self/ns/ipc',
        {
          ...{ hostNetwork: true, hostPID: true, hostIPC: true },
        },
      );
      expect(Number(lines[1])).toBeGreaterThan(3);
      expect(lines[2]).toBe('# Kubernetes-managed hosts file (host network).');
      expect((await statusOf(pod))?.podIP).toBeUndefined();
    });

    test('is probed, and its ports are reached, in the network of the host, too', async () => {
      const [port = 0] = await findFreePorts(1);
      const script = `while :; do printf "HTTP/1.0 200 OK\\r\\n\\r\\nhere" | nc -l -p ${port}; done`;
      const readinessProbe = { httpGet: { port }, periodSeconds: 1 };
      const pod = await start(script, { hostNetwork: true }, { readinessProbe });
      await expect.poll(async () => (await statusOf(pod))?.containerStatuses[0]?.ready, slow).toBe(true);
      const answer = async () => {
        const connection = await backend.portForward(pod, port, new AbortController().signal);
        connection.write('GET / HTTP/1.0\r\n\r\n');
        return await text(connection);
      };
      await expect.poll(answer, slow).toContain('here');
    });

    test('can be looked at before it runs: what the engine would be sent, and nothing is', async () => {
      const annotations = { 'docker-options.vk.io/flags': '--init' };
      const metadata = { uid: randomUUID(), namespace: 'tests', name: 'web-0', annotations };
      const spec = { hostname: 'h', containers: [shell('main', 'true')], brandNew: 1 };
      const { parts, warnings } = await backend.render({ pod: { metadata, spec }, volumes: [] }, owner);
      expect(parts).toEqual([
        { name: `k8s_POD_web-0_tests_${metadata.uid}_0`, body: expect.objectContaining({ Hostname: 'h' }) },
        {
          name: `k8s_main_web-0_tests_${metadata.uid}_0`,
          body: expect.objectContaining({ Entrypoint: ['sh', '-c', 'true'] }),
        },
      ]);
      expect(warnings).toEqual([
        'FieldIgnored: Not done by this node: spec.brandNew is not known to this release; ' +
          'annotation docker-options.vk.io/flags: Policy.AllowPodAnnotations does not list it',
      ]);
      expect((await backend.list()).filter(({ report }) => report.uid === metadata.uid)).toEqual([]);
    });

    test('is told what is not done for it', async () => {
      const { pod } = await outputOf('true', { brandNew: 1, another: [1] });
      expect(events.filter(({ uid, reason }) => uid === pod.uid && reason === 'FieldIgnored')).toEqual([
        expect.objectContaining({
          message: expect.stringMatching(/spec\.brandNew is not known .*spec\.another is not known/),
        }),
      ]);
    });
  },
);

const slow = { timeout: 20_000, interval: 100 };

/** CPU quota and shares, memory, processes, score for the out-of-memory killer: on control groups of version 1 as well as 2. */
const printLimits = `cd /sys/fs/cgroup
if [ -e cpu.max ]; then cut -d' ' -f1 cpu.max; cat cpu.weight memory.max pids.max
else cat cpu/cpu.cfs_quota_us cpu/cpu.shares memory/memory.limit_in_bytes pids/pids.max; fi
cat /proc/self/oom_score_adj`;

function shell(name: string, script: string) {
  const image = { image: 'busybox:latest', imagePullPolicy: 'IfNotPresent' as const };
  return { name, ...image, command: ['sh', '-c', script] };
}
