import type { ContainerUsage, Usage } from '../usage.ts';

const timeMs = Date.UTC(2027, 0, 1, 12, 0, 10);

const container = (more: Partial<ContainerUsage> & { name: string }): ContainerUsage => ({
  ...{ image: 'busybox:1.36', containerID: `docker://${more.name}-id`, startTimeMs: timeMs - 10_000, timeMs },
  ...{ cpuNanoseconds: 1_500_000_000n, cpuNanoCores: undefined, workingSetBytes: 1_048_576 },
  ...{ usageBytes: undefined, rssBytes: undefined, rootfsBytes: undefined, logBytes: undefined },
  ...{ limits: {}, requests: {} },
  ...more,
});

/** A node with a pod of two containers, one of which tells all, and a pod that nothing was measured of. */
export const sampleUsage: Usage = {
  node: {
    ...{ startTimeMs: Date.UTC(2027, 0, 1), timeMs: timeMs - 1, cpuNanoseconds: 2n ** 53n + 1n },
    ...{ cpuNanoCores: 1_250_000_000n, workingSetBytes: 8_589_934_592, usageBytes: undefined, rssBytes: undefined },
  },
  pods: [
    {
      ...{ namespace: 'ns', name: 'p', uid: 'u-1', startTimeMs: timeMs - 12_000, processCount: 3 },
      containers: [
        container({
          ...{ name: 'main', cpuNanoseconds: 18_446_744_073_709_551_615n, cpuNanoCores: 7n, usageBytes: 2_097_152 },
          ...{ rssBytes: 524_288, rootfsBytes: 42, logBytes: 6 },
          ...{ limits: { cpu: '400m', memory: '64Mi' }, requests: { cpu: '200m' } },
        }),
        container({ name: 'idle' }),
      ],
      whole: {
        ...{ timeMs, cpuNanoseconds: 3_000_000_000n, cpuNanoCores: undefined },
        ...{ workingSetBytes: 2_097_152, usageBytes: undefined, rssBytes: undefined },
      },
      network: { timeMs, rxBytes: 2n ** 60n, txBytes: 0n },
    },
    {
      ...{ namespace: 'ns', name: 'new', uid: 'u-2', startTimeMs: undefined, processCount: undefined },
      ...{ containers: [], whole: undefined, network: undefined },
    },
  ],
};
