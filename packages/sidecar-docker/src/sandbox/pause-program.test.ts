import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { buildPauseProgram } from './pause-program.ts';
import { tarExecutable } from './tar.ts';

/** Changed bytes want a new tag in sandbox-image.ts: engines keep what they have. */
describe('buildPauseProgram()', () => {
  test.each([
    ['amd64', 277, '5c8590979dd0cd5c'],
    ['arm64', 300, '4a44fa5a827cfe9b'],
  ] as const)('makes the same %s program each time', (architecture, size, hash) => {
    const program = buildPauseProgram(architecture);
    expect(program.length).toBe(size);
    expect(createHash('sha256').update(program).digest('hex').slice(0, 16)).toBe(hash);
  });
});

test('tarExecutable() pads to whole blocks and ends with two empty ones', () => {
  const archive = tarExecutable('pause', Buffer.from('x'));
  expect(archive.length).toBe(4 * 512);
  expect(archive.toString('ascii', 257, 262)).toBe('ustar');
});
