import type { PodReport } from '@interlink/sidecar-sdk';
import { describe, expect, inject, onTestFinished, test } from 'vitest';
import { hasEnded, shell, useDockerSite } from './testing/docker-site.ts';
import { holdEventsOf } from './testing/held-events.ts';

const { docker } = inject('testbed');
const isRunning = ({ status }: PodReport): boolean => status.containerStatuses[0]?.state.running !== undefined;

describe.skipIf(docker === undefined)(
  docker === undefined ? 'watchPods() (skipped: no Docker Engine can run on this machine)' : 'watchPods()',
  () => {
    const site = useDockerSite();

    test('tells of an end when the engine’s event comes, and not before: nobody looks meanwhile', async () => {
      const events = await holdEventsOf(docker?.socket ?? '');
      // Nobody lists this backend: what it tells, it tells by itself.
      await site.restart(events.host);
      onTestFinished(async () => await site.restart());
      const pod = await site.create({ containers: [shell('trap "exit 7" TERM; while :; do sleep 0.1; done')] });
      const { status } = await site.until(pod, isRunning);
      // What the engine told of the first pod before this one's end has been heard.
      await site.until(await site.create({ containers: [shell('true')] }), hasEnded);

      events.hold();
      const id = status.containerStatuses[0]?.containerID?.replace('docker://', '') ?? '';
      const container = site.engine.getContainer(id);
      await container.kill({ signal: 'TERM' });
      await container.wait();
      // The backend does what it has to do meanwhile, as for another pod.
      await site.until(await site.create({ containers: [shell('sleep 600')] }), isRunning);
      expect(isRunning(await site.until(pod, () => true))).toBe(true);

      events.release();
      const last = await site.until(pod, hasEnded);
      expect(last.status.containerStatuses[0]?.state.terminated?.exitCode).toBe(7);
    });
  },
);
