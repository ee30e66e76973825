import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { PATIENCE } from '../../../../test/testbed/patience.ts';

const run = promisify(execFile);
const script = fileURLToPath(new URL('testing/lost-network.ts', import.meta.url));

test.skipIf(process.getuid?.() !== 0)(
  'LostPeers finds a lost peer of a silent connection, of one that sends and of one that is stuck, and lets those live whose network works',
  async () => {
    const command = [process.execPath, '--conditions=interlink-source', script];
    const { stdout } = await run('unshare', ['--net', '--', ...command], { timeout: 60_000 * PATIENCE });
    expect(stdout).toBe('before: \nafter: idle sending stuck\n');
  },
);
