import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { inLines, runCheck, scratchFolder } from '../testing/run-check.ts';
import { tokenFiles } from './token-files.ts';

test('token-files is ok with files that only their owner can read', async () => {
  const folder = await scratchFolder({ account: 'secret-of-account\n', other: 'secret-of-other\n' });
  const config = {
    Auth: { TokenFile: join(folder, 'account'), Tokens: [{ Name: 'other', File: join(folder, 'other') }] },
  };
  const findings = await runCheck(tokenFiles, { side: 'site', config });
  expect(inLines(findings)).toEqual([
    `ok: Auth.TokenFile ${folder}/account holds a token that only this account can read`,
    `ok: Auth.Tokens other ${folder}/other holds a token that only this account can read`,
  ]);
});

test.each([
  ['is missing', undefined, 0o600, 'problem', /Cannot read the token file/],
  ['is empty', '\n', 0o600, 'problem', /is empty/],
  ['has two lines', 'one\ntwo\n', 0o600, 'problem', /holds more than one word/],
  ['is for all to read', 'secret-token', 0o644, 'problem', /has mode 0644/],
  ['is for the group to read', 'secret-token', 0o640, 'warning', /has mode 0640/],
] as const)('token-files tells of a file that %s', async (_case, content, mode, outcome, message) => {
  const folder = await scratchFolder(content === undefined ? {} : { token: content });
  const path = join(folder, 'token');
  if (content !== undefined) await chmod(path, mode);
  const findings = await runCheck(tokenFiles, { side: 'cluster', config: { VKTokenFile: path } });
  expect(findings).toEqual([expect.objectContaining({ outcome, what: expect.stringMatching(message) })]);
  expect(JSON.stringify(findings)).not.toContain('secret-token');
});

test('token-files takes the mode that a Secret is mounted with, in a pod', async () => {
  const folder = await scratchFolder({ token: 'secret-token' });
  await chmod(join(folder, 'token'), 0o644);
  const findings = await runCheck(tokenFiles, {
    ...{ side: 'cluster', config: { VKTokenFile: join(folder, 'token') } },
    env: { KUBERNETES_SERVICE_HOST: '10.0.0.1' },
  });
  expect(findings).toMatchObject([{ outcome: 'ok' }]);
});

test('token-files warns of an account token that nobody has made yet, and makes none', async () => {
  const home = await scratchFolder();
  const once = async () => await runCheck(tokenFiles, { side: 'site', config: {}, env: { XDG_CONFIG_HOME: home } });
  for (const findings of [await once(), await once()]) {
    expect(inLines(findings)).toEqual([`warning: Auth.TokenFile ${home}/interlink/token is not there yet`]);
  }
});
