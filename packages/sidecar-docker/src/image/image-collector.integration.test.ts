import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, inject, onTestFinished, test } from 'vitest';
import { startRegistry, TestImages } from '../../../../test/testbed/index.ts';
import { connect } from '../engine/connect.ts';
import { Engine } from '../engine/engine.ts';
import { silent } from '../testing/running-pod.ts';
import { ImageCollector } from './image-collector.ts';
import { ImageSource } from './image-source.ts';
import { toImageWish } from './pull-policy.ts';
import { PullRecords } from './pull-records.ts';

const { docker, controlPlane } = inject('testbed');
/** The registry is built by the Go that builds the control plane. */
const cannotRun = docker === undefined || controlPlane === undefined;

describe.skipIf(cannotRun)(
  cannotRun ? 'ImageCollector (skipped: no Docker Engine or no registry can run on this machine)' : 'ImageCollector',
  () => {
    test('removes what was pulled here and nothing else, when the engine’s disk is full', {
      timeout: 1_200_000,
    }, async () => {
      const root = await mkdtemp(join(tmpdir(), 'interlink-docker-'));
      onTestFinished(async () => await rm(root, { recursive: true, force: true }));
      const { signal } = new AbortController();
      const registry = await startRegistry({ directory: join(root, 'registry'), hasPassword: false, signal });
      onTestFinished(async () => await registry.stop());
      const images = new TestImages(docker?.socket ?? '');
      const nameOf = (name: string) => `${registry.address}/${name}:1`;
      const [pulled, inUse, theirs] = [nameOf('pulled'), nameOf('in-use'), nameOf('theirs')];
      onTestFinished(async () => {
        for (const image of [pulled, inUse, theirs]) await images.remove(image);
      });

      const engine = new Engine(await connect({ DOCKER_HOST: docker?.host }));
      const records = new PullRecords(root);
      const source = new ImageSource(engine, records);
      for (const image of [pulled, inUse]) {
        await images.publish(image);
        await source.get(toImageWish({ name: 'main', image }, 'pod'), () => undefined, signal);
      }
      await images.make(theirs);
      const container = await engine.createContainer({ Image: inUse });
      onTestFinished(async () => await engine.removeContainer(container));

      let percent = 95;
      const collector = new ImageCollector({
        images: engine.images,
        records,
        thresholds: { high: 90, low: 80 },
        logger: silent,
        diskUse: async () => percent,
        now: () => Date.now() + 3_600_000,
      });
      await collector.collect(signal);
      const left = await Promise.all([pulled, inUse, theirs].map(async (image) => await images.has(image)));
      expect(left).toEqual([false, true, true]);
      expect((await records.all()).map(({ access }) => Object.keys(access))).toEqual([[`${registry.address}/in-use`]]);

      percent = 85;
      await source.get(toImageWish({ name: 'main', image: pulled }, 'pod'), () => undefined, signal);
      await collector.collect(signal);
      expect(await images.has(pulled)).toBe(true);
    });

    test('sees how full the engine’s disk is', async () => {
      const engine = new Engine(await connect({ DOCKER_HOST: docker?.host }));
      const records = { all: async () => [], forget: async () => undefined, noteUsed: async () => undefined };
      const thresholds = { high: 0, low: 0 };
      const warnings: Array<{ percent?: number }> = [];
      const logger = Object.assign(Object.create(silent) as typeof silent, {
        warn: (fields: { percent?: number }) => void warnings.push(fields),
      });
      const collector = new ImageCollector({ images: engine.images, records, thresholds, logger });
      await collector.collect(new AbortController().signal);
      const [{ percent = 0 } = {}] = warnings;
      expect(percent).toBeGreaterThan(0);
      expect(percent).toBeLessThanOrEqual(100);
      const lost = { ...bind(engine), folder: async () => '/no/such/folder' };
      const blind = new ImageCollector({ images: lost, records, thresholds, logger });
      await expect(blind.collect(new AbortController().signal)).rejects.toThrow(
        "Cannot see how full the engine's disk is, at /no/such/folder",
      );
    });
  },
);

function bind({ images }: Engine) {
  return {
    list: async () => await images.list(),
    used: async () => await images.used(),
    remove: async (reference: string) => await images.remove(reference),
  };
}
