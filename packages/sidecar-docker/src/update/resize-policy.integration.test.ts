import type { Container, PodReference, PodReport } from '@interlink/sidecar-sdk';
import type Docker from 'dockerode';
import { describe, expect, inject, test } from 'vitest';
import { shell, useDockerSite } from '../testing/docker-site.ts';

const { docker } = inject('testbed');
/** What the kernel enforces of memory and CPUs, on control groups of either version. */
const printLimits = `cd /sys/fs/cgroup
if [ -e cpu.max ]; then cat memory.max; cut -d' ' -f1 cpu.max
else cat memory/memory.limit_in_bytes cpu/cpu.cfs_quota_us; fi`;
const untilTerm = `trap "exit 0" TERM; while true; do sleep 0.1; done`;
const limits = (memoryMi: number, cpu: string) => ({ limits: { memory: `${memoryMi}Mi`, cpu } });
const mainOf = ({ status }: PodReport) => status.containerStatuses[0];

describe.skipIf(docker === undefined)(
  docker === undefined ? 'resizePolicy (skipped: no Docker Engine can run on this machine)' : 'resizePolicy',
  () => {
    const site = useDockerSite();

    async function resize({ uid, namespace, name }: PodReference, main: Container): Promise<PodReport> {
      const metadata = { uid, namespace, name, generation: 2 };
      return await site.backend.update({ pod: { metadata, spec: { containers: [main] } } }, site.owner);
    }

    /** The limits of the pod's container that runs. */
    async function limitsOf({ uid }: PodReference): Promise<string[]> {
      const label = [`interlink.eu/pod-uid=${uid}`, 'interlink.eu/container=main'];
      const [{ Id: id = '' } = {}] = await site.engine.listContainers({ filters: { label } });
      const { HostConfig: host }: Docker.ContainerInspectInfo = await site.engine.getContainer(id).inspect();
      return [String(host.Memory), String(host.CpuQuota)];
    }

    test.each([
      ['NotRequired', []],
      [
        'RestartContainer',
        [expect.stringMatching(/^FieldIgnored: .*\.resizePolicy: .* \(resources change while the container runs\)/)],
      ],
    ])('%s: limits change while the container runs, and are those of the next one', async (restartPolicy, warnings) => {
      const resizePolicy = ['memory', 'cpu'].map((resourceName) => ({ resourceName, restartPolicy }));
      const main = shell(`${printLimits}; ${untilTerm}`, { resources: limits(64, '500m'), resizePolicy });
      const pod = await site.create({ restartPolicy: 'Always', containers: [main] });
      const before = await site.until(pod, (report) => mainOf(report)?.state.running !== undefined);
      await expect.poll(async () => await site.logOf(pod)).toBe(`${64 * 2 ** 20}\n50000\n`);
      expect(site.eventsOf(pod).filter((event) => event.includes('resizePolicy'))).toEqual(warnings);

      const after = await resize(pod, { ...main, resources: limits(128, '1') });
      expect(after.status.resize).toBeUndefined();
      expect(await limitsOf(pod)).toEqual([String(128 * 2 ** 20), '100000']);
      const { containerID, restartCount } =
        mainOf(await site.until(pod, ({ status }) => status.observedGeneration === 2)) ?? {};
      expect([containerID, restartCount]).toEqual([mainOf(before)?.containerID, 0]);

      const id = containerID?.replace('docker://', '') ?? '';
      await site.engine.getContainer(id).kill({ signal: 'TERM' });
      await site.until(
        pod,
        (report) => mainOf(report)?.restartCount === 1 && mainOf(report)?.state.running !== undefined,
      );
      await expect.poll(async () => await site.logOf(pod)).toBe(`${128 * 2 ** 20}\n100000\n`);
    });
  },
);
