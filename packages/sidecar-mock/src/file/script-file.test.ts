import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Logger } from '@interlink/sidecar-sdk';
import { expect, onTestFinished, test } from 'vitest';
import { ScriptFile } from './script-file.ts';

test('ScriptFile takes up changes, and keeps the last good script while a change can’t be used', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'interlink-mock-'));
  onTestFinished(async () => await rm(folder, { recursive: true }));
  const path = join(folder, 'script.yaml');
  const logged: unknown[] = [];
  const log = (...args: unknown[]) => logged.push(args.at(-1));
  const logger = { info: log, warn: log } as unknown as Logger;
  let nowMs = 1_000;
  await expect(ScriptFile.load(path, logger)).rejects.toThrow(`Cannot read Mock.Script ${path}: ENOENT`);
  await writeFile(path, 'protocol: v1');
  const file = await ScriptFile.load(path, logger, () => nowMs);
  const first = file.loaded;
  expect(first).toEqual({ script: { protocol: 'v1' }, sinceMs: 1_000 });
  nowMs = 2_000;
  await file.refresh();
  expect(file.loaded).toBe(first);
  await writeFile(path, 'protocol: v3');
  await file.refresh();
  await file.refresh();
  expect(file.loaded).toBe(first);
  await writeFile(path, 'protocol: v2');
  await file.refresh();
  expect(file.loaded).toEqual({ script: { protocol: 'v2' }, sinceMs: 2_000 });
  expect(logged).toEqual([
    'cannot reload the script of the mock sidecar: the one before stays in use',
    'script of the mock sidecar reloaded',
    'the script of the mock sidecar can be used again',
  ]);
});
