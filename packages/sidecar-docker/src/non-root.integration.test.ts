import type { PodReference, PodSpec } from '@interlink/sidecar-sdk';
import { describe, expect, inject, onTestFinished, test } from 'vitest';
import { shell, useDockerSite } from './testing/docker-site.ts';

const { docker } = inject('testbed');
const asRoot = 'Failed: Error: container has runAsNonRoot and image will run as root';
const untilTerm = 'id -u; trap "exit 0" TERM; while true; do sleep 0.1; done';

describe.skipIf(docker === undefined)(
  docker === undefined ? 'runAsNonRoot (skipped: no Docker Engine can run on this machine)' : 'runAsNonRoot',
  () => {
    const site = useDockerSite();

    /** The tests' image, which runs as root, with a user. */
    async function imageWithUser(): Promise<string> {
      const repo = 'interlink-non-root-test';
      const container = await site.engine.createContainer({ Image: 'busybox:latest' });
      await container.commit({ repo, tag: '1', changes: 'USER 1000' });
      await container.remove();
      onTestFinished(async () => await site.engine.getImage(`${repo}:1`).remove({ force: true }));
      return `${repo}:1`;
    }

    /** Gives container `main` the tests' own image, as an owner that sends names and images only. */
    async function setImage({ uid, namespace, name }: PodReference): Promise<void> {
      const containers = [{ name: 'main', image: 'busybox:latest', imagePullPolicy: 'Never' as const }];
      const metadata = { uid, namespace, name, generation: 2 };
      await site.backend.update({ pod: { metadata, spec: { containers } } }, site.owner);
    }

    test('a container with a user of its own is started again from an image of root', async () => {
      const securityContext = { runAsUser: 1000 };
      const main = shell('id -u; exit 1', { securityContext });
      const pod = await site.create({
        restartPolicy: 'OnFailure',
        securityContext: { runAsNonRoot: true },
        containers: [main],
      });
      await site.until(pod, ({ status }) => (status.containerStatuses[0]?.restartCount ?? 0) > 0);
      expect(await site.logOf(pod)).toBe('1000\n');
      expect(site.eventsOf(pod)).not.toContain(asRoot);
    });

    test.each<[string, Partial<PodSpec>, object, boolean]>([
      ['the pod', { securityContext: { runAsNonRoot: true } }, {}, false],
      ['the container', {}, { securityContext: { runAsNonRoot: true } }, false],
      ['the pod, of a sidecar before this one', { securityContext: { runAsNonRoot: true } }, {}, true],
    ])('set by %s, it keeps an update from running an image as root', async (_, spec, own, isRestarted) => {
      const image = await imageWithUser();
      const main = shell(untilTerm, { image, imagePullPolicy: 'Never', ...own });
      const pod = await site.create({ ...spec, containers: [main] });
      await site.until(pod, ({ status }) => status.containerStatuses[0]?.state.running !== undefined);
      if (isRestarted) await site.restart();
      await setImage(pod);
      await expect.poll(() => site.eventsOf(pod), { timeout: 30_000 }).toContain(asRoot);
      const filters = { label: [`interlink.eu/pod-uid=${pod.uid}`, 'interlink.eu/container=main'] };
      const made = await site.engine.listContainers({ all: true, filters });
      expect(made.map(({ Labels: labels }) => labels['interlink.eu/image'])).toEqual([image]);
    });
  },
);
