import { describe, expect, inject, onTestFinished, test } from 'vitest';
import { shell, useDockerSite } from './testing/docker-site.ts';

const { docker } = inject('testbed');
const untilTerm = 'trap "exit 0" TERM; while true; do sleep 0.1; done';

describe.skipIf(docker === undefined)(
  docker === undefined
    ? 'updatePod() of native sidecars (skipped: no Docker Engine can run on this machine)'
    : 'updatePod() of native sidecars',
  () => {
    const site = useDockerSite();

    test('another image and other resources reach one that runs; an init container that has ended stays as it was', async () => {
      const image = 'interlink-sidecar-test:2';
      const [repo = '', tag = ''] = image.split(':');
      await site.engine.getImage('busybox:latest').tag({ repo, tag });
      onTestFinished(async () => await site.engine.getImage(image).remove({ force: true }));
      const pod = await site.create({
        initContainers: [
          shell('echo once', { name: 'init' }),
          shell(untilTerm, { name: 'proxy', restartPolicy: 'Always', resources: { limits: { memory: '64Mi' } } }),
        ],
        containers: [shell(untilTerm)],
      });
      await site.until(pod, ({ status }) => status.containerStatuses[0]?.state.running !== undefined);
      const { uid, namespace, name } = pod;
      const next = { image, imagePullPolicy: 'Never' as const };
      const proxy = { name: 'proxy', restartPolicy: 'Always', resources: { limits: { memory: '128Mi' } }, ...next };
      const spec = {
        initContainers: [{ name: 'init', ...next }, proxy],
        containers: [{ name: 'main', image: 'busybox:latest' }],
      };
      await site.backend.update({ pod: { metadata: { uid, namespace, name, generation: 2 }, spec } }, site.owner);
      const { status } = await site.until(pod, ({ status: { initContainerStatuses: all = [] } }) => {
        return all[1]?.restartCount === 1 && all[1].state.running !== undefined;
      });
      expect(status).toMatchObject({
        observedGeneration: 2,
        initContainerStatuses: [
          { name: 'init', image: 'busybox:latest', restartCount: 0, state: { terminated: { exitCode: 0 } } },
          { name: 'proxy', image, lastState: { terminated: { exitCode: 0 } } },
        ],
        containerStatuses: [{ restartCount: 0, state: { running: {} } }],
      });
      const id = status.initContainerStatuses?.[1]?.containerID?.replace('docker://', '') ?? '';
      const { HostConfig: host } = await site.engine.getContainer(id).inspect();
      expect(host.Memory).toBe(128 * 2 ** 20);
    });
  },
);
