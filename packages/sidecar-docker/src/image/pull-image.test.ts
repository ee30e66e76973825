import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { InterLinkError, parseImageReference } from '@interlink/sidecar-sdk';
import type Docker from 'dockerode';
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { type ImagePull, toPull } from './pull-image.ts';
import { PullRecords } from './pull-records.ts';

const id = `sha256:${'a'.repeat(64)}`;
const { signal } = new AbortController();
const ignore = () => undefined;
const login = { username: 'u', password: 'p' };
let root = '';

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'interlink-pull-'));
});
afterEach(async () => await rm(root, { recursive: true }));

/** An engine that has the image after the pull, whatever becomes of that. */
function pullOf(records: PullRecords, { brings, lines = [] }: { brings: boolean; lines?: object[] }): ImagePull {
  const reference = parseImageReference('registry.example/private:1');
  if (reference === undefined) throw new Error('no reference');
  let isThere = false;
  const engine: ImagePull['engine'] = {
    inspectImage: async () => {
      if (!isThere) throw new InterLinkError('not_found', 'no such image');
      return { Id: id } as Docker.ImageInspectInfo;
    },
    images: {
      list: async () => [],
      pull: async () => {
        isThere = brings;
        return Readable.from(lines.map((line) => `${JSON.stringify(line)}\n`));
      },
    },
  };
  return { engine, records, reference, login };
}

test('an image whose pull could not be recorded is nobody’s until a pull is', async () => {
  const records = new PullRecords(root);
  const full = new PullRecords(root);
  full.notePulled = async () => {
    throw new InterLinkError('resource_exhausted', 'no space left on device');
  };
  const pull = pullOf(full, { brings: true });
  await expect(toPull(pull)(ignore, signal)).rejects.toThrow('no space left');
  expect(await records.isOpenTo(id, pull.reference, [])).toBe(false);
  await toPull(pullOf(records, { brings: true }))(ignore, signal);
  expect(await records.isOpenTo(id, pull.reference, [])).toBe(false);
  expect(await records.isOpenTo(id, pull.reference, [login])).toBe(true);
});

test('a pull that makes no progress is given up after a while, and can be tried again', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  const pull = pullOf(new PullRecords(root), { brings: false });
  const stream = new Readable({ read: () => undefined });
  const begun = Promise.withResolvers<void>();
  pull.engine.images.pull = async (_name, _tag, { signal }) => {
    signal.addEventListener('abort', () => stream.destroy());
    begun.resolve();
    return stream;
  };
  const pulling = expect(toPull(pull)(ignore, signal)).rejects.toThrow('The pull has made no progress for 10 minutes');
  await begun.promise;
  for (let minutes = 0; minutes < 25; minutes += 1) {
    if (minutes < 12) stream.push('{"status":"Downloading"}\n');
    await new Promise((resolve) => setImmediate(resolve));
    await vi.advanceTimersByTimeAsync(60_000);
    if (minutes === 19) expect(stream.destroyed).toBe(false);
  }
  await pulling;
});

test('a pull that has brought nothing leaves no note', async () => {
  const records = new PullRecords(root);
  const pull = pullOf(records, { brings: false, lines: [{ error: 'denied' }] });
  await expect(toPull(pull)(ignore, signal)).rejects.toThrow('denied');
  expect(await records.isQuiet(0)).toBe(true);
});
