import { afterEach, expect, test, vi } from 'vitest';
import { commandOf } from './command-of.ts';

afterEach(() => void vi.restoreAllMocks());

const names = ['vk', 'interlink', 'docker-sidecar', 'mock-sidecar', 'process-sidecar'];
const never = new AbortController().signal;

test.each(names)('commandOf() knows %s by its first argument and by the name of a link', (name) => {
  expect(commandOf('main.ts', [name, '--help'])).toMatchObject({ name, args: ['--help'] });
  expect(commandOf('interlink-cli', [name])).toMatchObject({ name, args: [] });
  expect(commandOf(name, ['--help', 'more'])).toMatchObject({ name, args: ['--help', 'more'] });
});

test('commandOf() reads a link’s first argument as its own, though it names another command', () => {
  expect(commandOf('vk', ['interlink'])).toMatchObject({ name: 'vk', args: ['interlink'] });
});

test.each([
  [['interlnk'], /^unknown command "interlnk": did you mean interlink\?\n/],
  [['mock'], /^unknown command "mock"/],
  [['zzzzzzzzzz'], /^unknown command "zzzzzzzzzz"\n/],
  [[], /^a command is wanted\n/],
])('commandOf() of %j fails with the nearest command and the list', async (args, message) => {
  const { name, run } = commandOf('interlink-cli', args);
  expect(name).toBe('interlink-cli');
  const error = await run(args, never).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'invalid_argument', message: expect.stringMatching(message) });
  for (const each of names) expect(String(error)).toContain(`  ${each} `);
});

test.each(['--help', '-h', 'help'])('commandOf() of %s shows the list on stdout', async (word) => {
  const written: string[] = [];
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => written.push(String(text)) > 0);
  await commandOf('interlink-cli', [word]).run([word], never);
  expect(written.join('')).toMatch(/^Usage: interlink-cli COMMAND/);
  for (const name of names) expect(written.join('')).toContain(`  ${name} `);
});

test.each([
  ['vk', ['--version']],
  ['interlink-cli', ['vk', '--version']],
  ['interlink-cli', ['--version']],
])('commandOf() called %s with %j shows version and commit', async (program, args) => {
  const written: string[] = [];
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => written.push(String(text)) > 0);
  const { name, run } = commandOf(program, args);
  await run(args, never);
  expect(written.join('')).toMatch(new RegExp(`^${name} \\d+\\.\\d+\\.\\d+ \\(from source, Node v[\\d.]+\\)\\n$`));
});
