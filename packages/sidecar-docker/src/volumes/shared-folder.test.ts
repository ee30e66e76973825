import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InterLinkError } from '@interlink/sidecar-sdk';
import { expect, onTestFinished, test } from 'vitest';
import type { Engine } from '../engine/engine.ts';
import { SharedFolder } from './shared-folder.ts';

async function scratch(): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'interlink-shared-'));
  onTestFinished(async () => await rm(root, { recursive: true, force: true }));
  return root;
}

async function age(path: string): Promise<void> {
  await utimes(path, 0, 0);
}

/** An engine that holds these containers. @param removal what becomes of a removal */
function engineWith(containers: Set<string>, removal: () => void = () => undefined): Engine {
  return {
    inspectImage: async () => ({}),
    createContainer: async ({ name = '' }: { name?: string }) => {
      containers.add(name);
      return name;
    },
    removeContainer: async (name: string) => {
      removal();
      if (!containers.delete(name)) throw new InterLinkError('not_found', 'no such container');
    },
  } as unknown as Engine;
}

test('SharedFolder removes what a look has left that was cut off, before its container or after it', async () => {
  const root = await scratch();
  const containers = new Set(['interlink_probe-1', 'interlink_probe-3', 'other']);
  for (const name of ['probe-1', 'probe-2', 'probe-3']) await writeFile(join(root, name), '');
  for (const name of ['probe-1', 'probe-2']) await age(join(root, name));
  await mkdir(join(root, 'pod'));
  const folder = new SharedFolder(engineWith(containers), root);
  expect(await Promise.all([folder.trouble(), folder.trouble()])).toEqual([undefined, undefined]);
  // Another process may be looking.
  expect((await readdir(root)).toSorted()).toEqual(['pod', 'probe-3']);
  expect([...containers]).toEqual(['interlink_probe-3', 'other']);
});

test('SharedFolder removes a container later that it can’t remove now', async () => {
  const root = await scratch();
  const containers = new Set<string>();
  let isBroken = true;
  const engine = engineWith(containers, () => {
    if (isBroken) throw new InterLinkError('internal', 'device busy');
  });
  const folder = new SharedFolder(engine, root);
  await expect(folder.trouble()).rejects.toThrow('device busy');
  isBroken = false;
  for (const name of await readdir(root)) await age(join(root, name));
  expect(await folder.trouble()).toBeUndefined();
  expect([containers.size, await readdir(root)]).toEqual([0, []]);
});
