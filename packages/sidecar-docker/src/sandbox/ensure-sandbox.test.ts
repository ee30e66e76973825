import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InterLinkError } from '@interlink/sidecar-sdk';
import { expect, onTestFinished, test } from 'vitest';
import type { Engine } from '../engine/engine.ts';
import { owner } from '../testing/running-pod.ts';
import { ensureSandbox } from './ensure-sandbox.ts';
import { writeEtc } from './pod-etc.ts';

const spec = { containers: [{ name: 'main' }], volumes: [{ name: 'shm', emptyDir: { medium: 'Memory' } }] };

/** What is left at an engine where no container can be created, after the sandbox was asked for. @param isKnown the pod had a folder before */
async function leftAfterFailure({ isKnown }: { readonly isKnown: boolean }) {
  const root = await mkdtemp(join(tmpdir(), 'interlink-sandbox-'));
  onTestFinished(async () => await rm(root, { recursive: true, force: true }));
  const volumes = new Set<string>();
  const engine = {
    createVolume: async ({ Name }: { Name: string }) => void volumes.add(Name),
    listVolumes: async (label: string) =>
      label === 'interlink.eu/pod-uid=u' ? [...volumes].map((name) => ({ name, uid: 'u' })) : [],
    removeVolume: async (name: string) => void volumes.delete(name),
    createContainer: async () => await Promise.reject(new InterLinkError('internal', 'no network')),
  } as unknown as Engine;
  const hosts = { hostname: 'p', aliases: [] };
  const plan = { root, image: undefined, etc: { hosts, resolvConf: undefined }, events: [], needsVolumes: true };
  const labels = { owner, uid: 'u', namespace: 'ns', name: 'p', generation: 1, spec };
  const create = async () => await ensureSandbox(engine, spec, labels, plan);
  if (isKnown) await writeEtc(root, 'u', plan.etc);
  await expect(create()).rejects.toThrow('no network');
  return { volumes: volumes.size, folders: await readdir(root) };
}

test('ensureSandbox() leaves nothing of a pod that it could not create', async () => {
  expect(await leftAfterFailure({ isKnown: false })).toEqual({ volumes: 0, folders: [] });
});

test('ensureSandbox() takes nothing from a pod that is there', async () => {
  expect(await leftAfterFailure({ isKnown: true })).toEqual({ volumes: 1, folders: ['u'] });
});
