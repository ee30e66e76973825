import { expect, it } from 'vitest';
import { parsePort, parsePortList } from './ports.ts';

it.each([
  ['1', 1],
  ['65535', 65_535],
  ['0', undefined],
  ['65536', undefined],
  ['080x', undefined],
  ['-1', undefined],
  ['', undefined],
  [undefined, undefined],
])('parsePort(%j) is %j', (text, port) => {
  expect(parsePort(text)).toBe(port);
});

it.each([
  ['port=80%2C81', [80, 81]],
  ['port=80&port=81', [80, 81]],
  ['port=80,', undefined],
  ['', undefined],
  [`port=${'1,'.repeat(100)}1`, undefined],
])('parsePortList(%j)', (query, ports) => {
  expect(parsePortList(query)).toEqual(ports);
});
