import type { PodReference } from '@interlink/sidecar-sdk';
import type Docker from 'dockerode';
import { describe, expect, inject, test } from 'vitest';
import { shell, useDockerSite } from '../testing/docker-site.ts';

const { docker } = inject('testbed');
const withGpus = (count: number) => shell('true', { resources: { limits: { 'nvidia.com/gpu': String(count) } } });

describe.skipIf(docker === undefined)(
  docker === undefined ? 'GPUs (skipped: no Docker Engine can run on this machine)' : 'GPUs',
  () => {
    const site = useDockerSite(() => ({ 'Docker.Resources': 'nvidia.com/gpu=2,amd.com/gpu=1,memory=64Gi' }));

    /** What the engine was asked for, by the containers that were made of the pod's. */
    async function containersOf({ uid }: PodReference): Promise<Docker.ContainerInspectInfo[]> {
      const label = [`interlink.eu/pod-uid=${uid}`];
      const listed = await site.engine.listContainers({ all: true, filters: { label } });
      const all = await Promise.all(listed.map(async ({ Id: id }) => await site.engine.getContainer(id).inspect()));
      return all.filter(({ Config: { Labels: labels } }) => labels['interlink.eu/kind'] !== 'sandbox');
    }

    /** No engine of the testbed has a GPU: a container that only says that it has some takes them from the others. */
    async function holdGpus(devices: string): Promise<void> {
      const pod = await site.create({ containers: [shell('sleep 600')] });
      await site.until(pod, ({ status }) => status.containerStatuses[0]?.state.running !== undefined);
      const [container] = await containersOf(pod);
      if (container === undefined) throw new Error('no container');
      const { Config: config, HostConfig: host } = container;
      const labels = { ...config.Labels, 'interlink.eu/devices': devices, 'interlink.eu/container': 'holder' };
      const other = await site.engine.createContainer({
        ...{
          Image: container.Image,
          Cmd: ['sleep', '600'],
          Labels: labels,
          HostConfig: { NetworkMode: host.NetworkMode },
        },
      });
      await other.start();
    }

    test('are announced beside the host’s own', async () => {
      const { pools } = await site.backend.capabilities();
      expect(pools?.[0]?.capacity).toMatchObject({
        ...{ 'nvidia.com/gpu': '2', 'amd.com/gpu': '1', memory: '64Gi', cpu: expect.stringMatching(/^\d+$/) },
      });
    });

    test('are asked of the engine, whose answer is told, at each start', async () => {
      const pod = await site.create({ restartPolicy: 'Always', containers: [withGpus(2)] });
      await site.until(
        pod,
        ({
          status: {
            containerStatuses: [status],
          },
        }) => {
          return JSON.stringify(status).includes('could not select device driver');
        },
      );
      const isAgain = ({ Config: { Labels: labels } }: Docker.ContainerInspectInfo) =>
        labels['interlink.eu/attempt'] === '1';
      await expect.poll(async () => (await containersOf(pod)).some(isAgain), { timeout: 45_000 }).toBe(true);
      // A restart is another container with the same devices: the one before holds them no more.
      for (const { Config: config, HostConfig: host } of await containersOf(pod)) {
        expect(config.Labels['interlink.eu/devices']).toBe('nvidia.com/gpu=0,nvidia.com/gpu=1');
        expect(host.DeviceRequests).toEqual([
          expect.objectContaining({ Driver: 'nvidia', DeviceIDs: ['0', '1'], Capabilities: [['gpu']] }),
        ]);
      }
    });

    test('are waited for while others hold them, also by a sidecar that has just started', async () => {
      await holdGpus('nvidia.com/gpu=1');
      await site.restart();
      const pod = await site.create({ containers: [withGpus(2)] });
      const { status } = await site.until(
        pod,
        (report) => report.status.containerStatuses[0]?.state.waiting?.reason === 'CreateContainerError',
      );
      expect(status.containerStatuses[0]?.state.waiting?.message).toMatch(/2 nvidia\.com\/gpu: 1 of the 2 .* are free/);
      expect(await containersOf(pod)).toEqual([]);
    });

    test('are taken in the order in which they are free', async () => {
      await holdGpus('nvidia.com/gpu=0');
      const pod = await site.create({ containers: [withGpus(1)] });
      await site.until(pod, ({ status }) => JSON.stringify(status).includes('could not select device driver'));
      const [container] = await containersOf(pod);
      expect(container?.Config.Labels['interlink.eu/devices']).toBe('nvidia.com/gpu=1');
    });
  },
);
