import { expect, test } from 'vitest';
import { parseYaml } from './parse-yaml.ts';

test('parseYaml() reads aliases', () => {
  expect(parseYaml('a: &x { b: 1 }\nc: *x\n')).toEqual({ a: { b: 1 }, c: { b: 1 } });
});

test.each([
  ['a: &x { b: *x }', 'an alias stands within what it is an alias of'],
  ['a: *x', 'Unresolved alias'],
  ['a: [', 'Flow sequence'],
])('parseYaml() refuses %j', (text, message) => {
  expect(() => parseYaml(text)).toThrow(message);
});
