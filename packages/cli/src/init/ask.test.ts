import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import type { GivenAnswers } from './answers.ts';
import { askMissing } from './ask.ts';

const { signal } = new AbortController();

/** Somebody who answers each question as it comes. */
async function answer(given: GivenAnswers, ...lines: ReadonlyArray<string>) {
  const [input, output] = [new PassThrough(), new PassThrough()];
  const left = [...lines];
  const questions: string[] = [];
  output.on('data', (text: Buffer) => {
    questions.push(`${text}`);
    if (!`${text}`.endsWith(': ')) return;
    const line = left.shift();
    if (line === undefined) input.end();
    else input.write(`${line}\n`);
  });
  return { answers: await askMissing(given, { input, output }, signal), questions, left };
}

test('askMissing() asks only for what is missing and matters', async () => {
  const { answers, questions } = await answer({ type: 'local' }, 'docker', '');
  expect(answers).toEqual({ type: 'local', backend: 'docker', node: 'virtual-kubelet' });
  expect(questions).toEqual([
    'What runs the pods there? (docker, slurm, mock): ',
    'The virtual node’s name [virtual-kubelet]: ',
  ]);
});

test('askMissing() asks again until it is one of the choices, and lets out what may be left out', async () => {
  const { answers, questions, left } = await answer(
    { backend: 'slurm', node: 'n' },
    ...['nowhere', 'edge', '', 'site.example', 'oidc', 'https://i.example', 'vk', '', '', '/session'],
  );
  expect(left).toEqual([]);
  expect(questions.filter((text) => text.includes('wanted'))).toEqual([
    '"nowhere": one of edge, tunnel, local is wanted\n',
    '"": an answer is wanted\n',
  ]);
  expect(answers).toEqual({
    ...{ type: 'edge', backend: 'slurm', node: 'n', host: 'site.example', auth: 'oidc' },
    ...{ issuer: 'https://i.example', clientId: 'vk', refreshTokenFile: '/session' },
  });
});

test('askMissing() has whoever has neither secret nor session log in', async () => {
  const given = {
    type: 'edge',
    backend: 'slurm',
    node: 'n',
    host: 'h',
    auth: 'oidc',
    issuer: 'i',
    group: 'g',
  } as const;
  expect((await answer(given, 'vk', '', '')).answers).toEqual({ ...given, clientId: 'vk', login: true });
  expect((await answer({ ...given, clientId: 'vk', login: true })).answers).toEqual({
    ...given,
    clientId: 'vk',
    login: true,
  });
});

test('askMissing() ends when nobody answers any more', async () => {
  await expect(answer({ type: 'local' })).rejects.toMatchObject({ code: 'cancelled' });
});
