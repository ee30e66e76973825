import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { SecretToken } from './secret-token.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'interlink-secret-'));
});
afterEach(async () => await rm(folder, { recursive: true }));

test.each([
  ['vk', 'kubectl create secret generic interlink-token -n vk --from-file=token=FILE'],
  [undefined, 'kubectl create secret generic interlink-token --from-file=token=FILE'],
])(
  'current() without the Secret, in namespace %s, says how it is made, and takes it once it is',
  async (namespace, command) => {
    const path = join(folder, 'token');
    const token = new SecretToken(path, { name: 'interlink-token', namespace });
    await expect(token.current()).rejects.toMatchObject({
      code: 'unauthenticated',
      reason: 'no_token',
      message: `There is no token for InterLink yet. Make it from the file that has InterLink's: ${command}`,
    });
    await writeFile(path, 'word\n');
    expect(await token.current()).toBe('word');
  },
);
