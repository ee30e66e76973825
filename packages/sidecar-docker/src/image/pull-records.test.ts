import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ImageReference, parseImageReference } from '@interlink/sidecar-sdk';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Pulled, PullRecords } from './pull-records.ts';

const id = `sha256:${'a'.repeat(64)}`;
const [alice, bob] = [
  { username: 'alice', password: 'open sesame' },
  { username: 'bob', password: 'tell nobody' },
];
const reference = parse('reg.example.org/team/app:1');

function parse(image: string): ImageReference {
  const parsed = parseImageReference(image);
  if (parsed === undefined) throw new Error(image);
  return parsed;
}

describe('PullRecords', () => {
  let root = '';
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'interlink-records-'));
  });
  afterEach(async () => await rm(root, { recursive: true, force: true }));

  const pulledBy = (login: Pulled['login'], more: Partial<Pulled> = {}): Pulled => ({
    ...{ id, reference, login, isPreloaded: false, isOurs: true },
    ...more,
  });

  test('an image that was never pulled here is free', async () => {
    expect(await new PullRecords(root).isOpenTo(id, reference, [])).toBe(true);
  });

  test('an image pulled with a login is for those with that login, after a restart too', async () => {
    await new PullRecords(root).notePulled(pulledBy(alice));
    const records = new PullRecords(root);
    expect(await records.isOpenTo(id, reference, [])).toBe(false);
    expect(await records.isOpenTo(id, reference, [bob])).toBe(false);
    expect(await records.isOpenTo(id, reference, [bob, alice])).toBe(true);
    expect(await records.isOpenTo(id, parse('reg.example.org/team/app:2'), [alice])).toBe(true);
    await records.notePulled(pulledBy(bob, { isOurs: false }));
    expect(await records.isOpenTo(id, reference, [bob])).toBe(true);
    expect(await records.isOpenTo(id, reference, [alice])).toBe(true);
  });

  test('the same image of another repository is another question', async () => {
    const records = new PullRecords(root);
    await records.notePulled(pulledBy(alice));
    const elsewhere = parse('other.example.org/app:1');
    expect(await records.isOpenTo(id, elsewhere, [alice])).toBe(false);
    await records.notePulled(pulledBy(undefined, { reference: elsewhere, isOurs: false }));
    expect(await records.isOpenTo(id, elsewhere, [])).toBe(true);
    expect(await records.isOpenTo(id, reference, [])).toBe(false);
  });

  test('an image that was there before is free whatever is pulled, until it is gone and comes anew', async () => {
    const records = new PullRecords(root);
    await records.notePulled(pulledBy(alice, { isPreloaded: true, isOurs: false }));
    expect(await records.isOpenTo(id, reference, [])).toBe(true);
    await records.notePulled(pulledBy(alice));
    expect(await records.isOpenTo(id, reference, [])).toBe(false);
  });

  test('an image that is being pulled, or was when the sidecar died, is nobody’s yet', async () => {
    const end = await new PullRecords(root).begin(reference, alice);
    const records = new PullRecords(root);
    expect(await records.isOpenTo(id, reference, [alice])).toBe(false);
    expect(await records.isOpenTo(id, parse('busybox:1'), [])).toBe(true);
    expect(await records.isQuiet(0)).toBe(false);
    await end();
    expect(await records.isOpenTo(id, reference, [])).toBe(true);
    expect(await records.isQuiet(0)).toBe(true);
  });

  test('a record that can’t be read, or whose salt is gone, opens nothing', async () => {
    await new PullRecords(root).notePulled(pulledBy(alice));
    await rm(join(root, '.images', 'salt'));
    expect(await new PullRecords(root).isOpenTo(id, reference, [alice])).toBe(false);
    await writeFile(join(root, '.images', `${'a'.repeat(64)}.json`), '{');
    expect(await new PullRecords(root).isOpenTo(id, reference, [])).toBe(false);
  });

  test('its files are for this account alone, and hold no secret', async () => {
    const records = new PullRecords(root);
    const end = await records.begin(reference, alice);
    await records.notePulled(pulledBy(alice));
    const folder = join(root, '.images');
    const names = await readdir(folder);
    expect(names).toHaveLength(3);
    for (const name of names) {
      const path = join(folder, name);
      expect((await stat(path)).mode & 0o777, name).toBe(0o600);
      expect(`${name} ${await readFile(path, 'utf8')}`).not.toMatch(/alice|sesame/);
    }
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
    await end();
  });

  test('notes at once get lost neither', async () => {
    const records = new PullRecords(root);
    const logins = Array.from({ length: 20 }, (_, index) => ({ username: `u${index}`, password: 'p' }));
    await Promise.all(logins.map(async (login) => await records.notePulled(pulledBy(login, { isOurs: false }))));
    for (const login of logins) expect(await records.isOpenTo(id, reference, [login])).toBe(true);
  });

  test('tells what was pulled, when it was used, and forgets', async () => {
    let now = new Date('2027-01-01T00:00:00Z');
    const records = new PullRecords(root, () => now);
    await records.notePulled(pulledBy(alice));
    now = new Date('2027-01-02T00:00:00Z');
    await records.noteUsed(id);
    await records.noteUsed(`sha256:${'b'.repeat(64)}`);
    const times = { pulledAt: '2027-01-01T00:00:00.000Z', usedAt: '2027-01-02T00:00:00.000Z' };
    expect(await records.all()).toMatchObject([{ id, isOurs: true, ...times }]);
    await records.forget(id);
    expect(await records.all()).toEqual([]);
  });
});
