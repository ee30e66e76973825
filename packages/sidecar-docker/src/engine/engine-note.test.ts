import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { silent } from '../testing/running-pod.ts';
import type { EngineInfo } from './engine-info.ts';
import { EngineNote } from './engine-note.ts';

const uid = '00000000-0000-4000-8000-000000000001';
const mine = { id: 'A', host: 'h', address: 'unix:///mine.sock' };
const other = { id: 'B', host: 'h', address: 'tcp://there:2375' };
let root = '';

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'interlink-engine-'));
});
afterEach(async () => await rm(root, { recursive: true }));

/** A sidecar starts, and asks the engine that it finds. */
async function start({ address, product = 'docker', ...told }: typeof mine & { product?: string }): Promise<string> {
  const engine = { info: async () => ({ product, ...told }) as EngineInfo };
  return await new EngineNote({ engine, root, address, logger: silent }).check().then(
    () => 'taken',
    (error: Error) => error.message,
  );
}

describe('EngineNote refuses', () => {
  beforeEach(async () => {
    await start(mine);
    await mkdir(join(root, uid));
  });

  test('an engine elsewhere that is another, with words that name both, until its note is removed', async () => {
    const refusal = `The pods of DataRootFolder ${root} are on the engine at unix:///mine.sock (host h, ID A), and this is the one at tcp://there:2375 (host h, ID B): set DOCKER_HOST to unix:///mine.sock and start again, or remove ${root}/.engine to give those pods up`;
    expect([await start(other), await start(other), await start(mine)]).toEqual([refusal, refusal, 'taken']);
    await rm(join(root, '.engine'));
    expect([await start(other), await start(other)]).toEqual(['taken', 'taken']);
    expect(await start(mine)).toMatch(/^The pods of DataRootFolder/);
  });

  test.each([
    ['that is started again', mine],
    ['that is found by another way', { ...other, id: 'A' }],
    ['that was made anew where it was', { ...mine, id: 'B' }],
    ['that has no ID where it was', { ...mine, id: '' }],
  ])('no engine %s', async (_, engine) => {
    expect([await start(engine), await start(engine)]).toEqual(['taken', 'taken']);
  });

  test.each([
    ['without an ID', { ...other, id: '' }],
    ['that is no Docker', { ...other, product: 'Podman Engine' }],
  ])('an engine elsewhere %s', async (_, engine) => {
    expect(await start(engine)).toContain('and this is the one at tcp://there:2375 (host h): set DOCKER_HOST');
    expect(await start(mine)).toBe('taken');
  });

  test('none by a note that can’t be read', async () => {
    await writeFile(join(root, '.engine'), '{');
    expect(await start(other)).toBe('taken');
  });
});

test('EngineNote takes any engine while there are no pods, and then keeps to that', async () => {
  await mkdir(join(root, 'lost+found'));
  expect([await start(mine), await start(other)]).toEqual(['taken', 'taken']);
  await mkdir(join(root, uid));
  expect(await start(mine)).toMatch(/are on the engine at tcp:\/\/there:2375 /);
});

test('EngineNote notes an engine by its ID only where that lasts', async () => {
  await start({ ...mine, product: 'Podman Engine' });
  await start({ ...mine, id: '' });
  expect(await readdir(root)).toEqual([]);
  await start(mine);
  expect(JSON.parse(await readFile(join(root, '.engine'), 'utf8'))).toEqual(mine);
  await start({ ...other, product: 'Podman Engine' });
  expect(await readdir(root)).toEqual([]);
});

test('EngineNote asks until it is answered, and then no more', async () => {
  let asked = 0;
  const engine = {
    info: async () => {
      asked += 1;
      if (asked === 1) throw new Error('down');
      return { ...mine, product: 'docker' } as unknown as EngineInfo;
    },
  };
  const note = new EngineNote({ engine, root, address: mine.address, logger: silent });
  await expect(note.check()).rejects.toThrow('down');
  await note.check();
  await note.check();
  expect(asked).toBe(2);
});
