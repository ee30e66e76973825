import { afterEach, expect, test, vi } from 'vitest';
import { parseFlags } from './conformance-flags.ts';

afterEach(() => void vi.restoreAllMocks());

test('parseFlags() reads every flag', () => {
  const flags = [
    ...['http://127.0.0.1:4000', '--protocol', 'v1', '--token-file', '/t', '--no-auth', '--image', 'alpine'],
    ...['--restart-command', 'systemctl restart x', '-o', 'junit', '--output-file', '/o', '--patience', '1.5'],
    ...['--parallel', '2', '--only', 'log-tail', 'log-since'],
  ];
  expect(parseFlags(flags)).toEqual({
    url: 'http://127.0.0.1:4000',
    protocol: 'v1',
    tokenFile: '/t',
    auth: false,
    image: 'alpine',
    restartCommand: 'systemctl restart x',
    output: 'junit',
    outputFile: '/o',
    patience: 1.5,
    parallel: 2,
    only: ['log-tail', 'log-since'],
  });
});

test('parseFlags() has defaults for all but the address', () => {
  expect(parseFlags(['unix:///s'])).toEqual({
    ...{ url: 'unix:///s', protocol: 'auto', auth: true, image: 'busybox:latest', output: 'text' },
    ...{ patience: 60, parallel: 8 },
  });
  expect(parseFlags(['--list'])).toMatchObject({ list: true, url: undefined });
});

test.each([
  [[], /The address of a sidecar is wanted/],
  [['ftp://x'], /"ftp:\/\/x" is no address: http:\/\/host:port/],
  [['http://x', '--protocol', 'v3'], /v3.*auto/],
  [['http://x', '-o', 'xml'], /xml.*junit/],
  [['http://x', '--only', 'log-tial'], /"log-tial": did you mean log-tail\?/],
  [['http://x', '--only', 'zzzzzzzzzzzz'], /--list names them all/],
  [['http://x', '--patience', '0'], /a number of seconds/],
  [['http://x', '--parallel', '0'], /a whole number/],
  [['http://x', '--tokenfile', 'y'], /unknown option '--tokenfile'/],
])('parseFlags() refuses %j', (args, message) => {
  expect(() => parseFlags(args)).toThrow(message);
});

test('parseFlags() of --help teaches with examples, and asks for no run', () => {
  const written: string[] = [];
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => written.push(String(text)) > 0);
  expect(parseFlags(['--help'])).toBeUndefined();
  expect(written.join('')).toContain('interlink conformance http://127.0.0.1:4002');
});
