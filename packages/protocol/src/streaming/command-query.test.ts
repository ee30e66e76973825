import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  parseAttachQuery,
  parseExecQuery,
  parsePortQuery,
  renderAttachQuery,
  renderExecQuery,
} from './command-query.ts';

/** As fastify parses: a string, or a list when a key comes again. */
function parse(query: string): Record<string, unknown> {
  const params = new URLSearchParams(query);
  return Object.fromEntries(
    [...new Set(params.keys())].map((key) => {
      const values = params.getAll(key);
      return [key, values.length === 1 ? values[0] : values];
    }),
  );
}

const word = fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\0'));

test('parseExecQuery() reads what renderExecQuery() writes, every word as it is', () => {
  fc.assert(
    fc.property(
      word.filter((text) => text !== ''),
      fc.array(word),
      fc.boolean(),
      (program, rest, tty) => {
        const options = { command: [program, ...rest], stdin: true, stdout: true, stderr: !tty, tty };
        expect(parseExecQuery(parse(renderExecQuery(options)))).toEqual(options);
      },
    ),
  );
});

test('parseAttachQuery() reads what renderAttachQuery() writes, and drops stderr with a terminal', () => {
  const options = { stdin: false, stdout: true, stderr: true, tty: false };
  expect(parseAttachQuery(parse(renderAttachQuery(options)))).toEqual(options);
  expect(parseAttachQuery({ stdout: '1', stderr: '1', tty: '1' })).toEqual({ ...options, stderr: false, tty: true });
});

test.each([
  [{}, 'Exec needs a command'],
  [{ stdout: 'true' }, 'Exec needs a command'],
  [{ command: '', stdout: 'true' }, 'Exec needs a command'],
  [{ command: ['a', '\0'], stdout: 'true' }, 'Exec needs a command'],
  [{ command: 'a' }, 'at least 1 of stdin, stdout, stderr'],
  [{ command: 'a', stderr: 'true', tty: 'true' }, 'at least 1 of stdin, stdout, stderr'],
])('parseExecQuery() refuses %j', (query, message) => {
  expect(() => parseExecQuery(query)).toThrow(message);
});

test.each(['0', '65536', '-1', '1e3', '', undefined, ['1', '2']])('parsePortQuery() refuses %j', (port) => {
  expect(() => parsePortQuery({ port })).toThrow('is not one of 1 to 65535');
});

test('parsePortQuery() reads a port', () => {
  expect(parsePortQuery({ port: '65535' })).toBe(65_535);
});
