import { describe, expect, test } from 'vitest';
import { faultNamesOf } from './fault-names.ts';
import { lastFaultMs, makePlan } from './plan.ts';
import { lastCreateMs } from './pod-life.ts';
import { siteKinds } from './site-kind.ts';

const seeds = Array.from({ length: 400 }, (_, index) => index + 1);

describe('makePlan()', () => {
  test('gives the same plan for the same seed, and others for others', () => {
    const texts = seeds.map((seed) => JSON.stringify(makePlan(seed)));
    expect(seeds.toReversed().map((seed) => JSON.stringify(makePlan(seed)))).toEqual(texts.toReversed());
    expect(new Set(texts.map((text) => text.replace(/"seed":\d+,/, ''))).size).toBe(texts.length);
  });

  test('is what it was: results of earlier runs name seeds', () => {
    const { faults, pods } = makePlan(2);
    expect({ faults, pod: pods[0], count: pods.length }).toMatchInlineSnapshot(`
      {
        "count": 16,
        "faults": [
          {
            "atMs": 1016,
            "forMs": 3974,
            "name": "api restarted",
            "seed": 785867,
          },
          {
            "atMs": 1271,
            "forMs": 3032,
            "name": "interlink token expired",
            "seed": 672228,
          },
          {
            "atMs": 3113,
            "forMs": 3265,
            "name": "api slow",
            "seed": 357245,
          },
          {
            "atMs": 3577,
            "forMs": 1247,
            "name": "kubelet to api answers lost",
            "seed": 834998,
          },
        ],
        "pod": {
          "backend": "real",
          "createAtMs": 5830,
          "deletion": {
            "atMs": 6513,
            "graceSeconds": 0,
          },
          "exitCode": 0,
          "failures": 0,
          "helper": {
            "exitCode": 0,
            "runMs": 6000,
          },
          "name": "p-00",
          "obeysTerm": false,
          "runMs": 0,
        },
      }
    `);
  });

  test.for(siteKinds)('meets each fault of site %s alone, one odd seed after the other', (kind) => {
    const odd = seeds.filter((seed) => seed % 2 === 1).slice(0, faultNamesOf[kind].length);
    expect(odd.flatMap((seed) => makePlan(seed, kind).faults.map(({ name }) => name))).toEqual(faultNamesOf[kind]);
  });

  test('mixes two to four different faults in even seeds', () => {
    for (const seed of seeds.filter((each) => each % 2 === 0)) {
      const names = makePlan(seed).faults.map(({ name }) => name);
      expect(names.length).toBeGreaterThanOrEqual(2);
      expect(names.length).toBeLessThanOrEqual(4);
      expect(new Set(names).size).toBe(names.length);
    }
  });

  test('has all faults over and all pods created in time', () => {
    for (const { faults, pods } of seeds.map((seed) => makePlan(seed))) {
      for (const { name, atMs, forMs } of faults)
        if (name !== 'two kubelets, the leader stopped') expect(atMs + forMs).toBeLessThanOrEqual(lastFaultMs);
      for (const { name, createAtMs, deletion } of pods) {
        const former = pods.find((pod) => pod.name === name)?.deletion?.atMs ?? 0;
        expect(createAtMs).toBeLessThanOrEqual(Math.max(lastCreateMs, former + 50));
        expect(deletion?.atMs ?? createAtMs + 1).toBeGreaterThan(createAtMs);
      }
    }
  });

  test('has pods of every kind of life', () => {
    const pods = seeds.flatMap((seed) => makePlan(seed).pods);
    for (const backend of ['real', 'mock']) expect(pods.some((pod) => pod.backend === backend)).toBe(true);
    const isReused = seeds.some(
      (seed) => makePlan(seed).pods.length > new Set(makePlan(seed).pods.map(({ name }) => name)).size,
    );
    expect(isReused).toBe(true);
    expect(pods.some(({ failures }) => failures > 0)).toBe(true);
    expect(pods.some(({ helper, exitCode }) => exitCode === 0 && helper !== undefined && helper.exitCode > 0)).toBe(
      true,
    );
    expect(pods.some(({ deletion }) => deletion?.graceSeconds === 0)).toBe(true);
    expect(pods.some(({ deletion, obeysTerm }) => deletion !== undefined && !obeysTerm)).toBe(true);
  });
});
