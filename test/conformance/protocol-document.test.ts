import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { HttpTarget } from '@interlink/protocol';
import { expect, test } from 'vitest';
import { waitFor } from '../testbed/index.ts';
import { startSidecarProcess } from './sidecar-process.ts';

const run = promisify(execFile);
const document = readFileSync(join(import.meta.dirname, '../../docs/protocol.md'), 'utf8');

/** The fenced blocks between two headings. */
function blocksOf(section: string): Array<{ language: string; text: string }> {
  const [, text = ''] = document.split(`\n## ${section}\n`);
  const [own = ''] = text.split(/\n##? /);
  return Array.from(own.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm), ([, language = '', block = '']) => ({
    language,
    text: block,
  }));
}

/** Times differ from run to run. */
function withoutTimes(text: string): string {
  return text.replaceAll(/"\d{4}-\d\d-\d\dT[\d:.]+Z"/g, '"TIME"');
}

test('docs/protocol.md: the commands of "How to begin" and "Update" work against the mock sidecar, and answer as is said', async () => {
  await using sidecar = await startSidecarProcess('mock-sidecar');
  const target = new HttpTarget({ url: sidecar.url, token: sidecar.token });
  await waitFor(
    'the mock sidecar to answer',
    async () => await target.call({ method: 'GET', path: '/v2/capabilities' }),
  );
  await target.close();
  // A mark after each block tells the answers apart.
  const blocks = [...blocksOf('How to begin'), ...blocksOf('Update')];
  const commands = blocks.filter(({ language }) => language === 'bash').map(({ text }) => `${text}\nprintf '\\036'\n`);
  const env = { PATH: process.env.PATH ?? '', HOME: join(sidecar.tokenFile, '../../..'), SIDECAR: sidecar.url };
  const { stdout } = await run('bash', ['-euc', commands.join('')], { env });
  const [nothing, ...answers] = stdout.split('\u001e').slice(0, -1);
  expect(nothing).toBe('');
  const wanted = blocks.filter(({ language }) => language === 'json' || language === 'text');
  expect(answers).toHaveLength(wanted.length);
  for (const [index, { language, text }] of wanted.entries()) {
    const answer = answers[index] ?? '';
    if (language === 'text') expect(answer).toBe(text);
    else expect(JSON.parse(withoutTimes(answer))).toEqual(JSON.parse(withoutTimes(text)));
  }
});
