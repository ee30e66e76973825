import { mkdir, mkdtemp, realpath, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { makeClaimFolder } from './claim-folder.ts';

let root = '';
beforeEach(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'interlink-claim-')));
});
afterEach(async () => await rm(root, { recursive: true, force: true }));

const names = { namespace: 'ns', claim: 'data', volume: 'v' };

describe('makeClaimFolder()', () => {
  test('makes what comes from placeholders, for any user, and only that', async () => {
    expect(await makeClaimFolder(join(root, '{namespace}/x/{claim}'), names)).toBe(join(root, 'ns/x/data'));
    expect((await stat(join(root, 'ns/x'))).mode & 0o777).toBe(0o755);
    expect((await stat(join(root, 'ns/x/data'))).mode & 0o777).toBe(0o777);
    await expect(makeClaimFolder(join(root, 'absent/{claim}'), names)).rejects.toThrow(
      /absent, where .* does not exist/,
    );
  });

  test('leaves a folder of the administrator’s own as it is', async () => {
    await mkdir(join(root, 'own'), { mode: 0o700 });
    expect(await makeClaimFolder(join(root, 'own'), names)).toBe(join(root, 'own'));
    expect((await stat(join(root, 'own'))).mode & 0o777).toBe(0o700);
  });
});
