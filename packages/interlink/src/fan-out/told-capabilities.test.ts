import { expect, test } from 'vitest';
import { tellingStream, toldLines } from './told-capabilities.ts';

const tell = () => 'what it may know';
const told = '{"type":"capabilities","capabilities":"what it may know"}\n';
const pod = '{"type":"pod","cursor":"1","pod":{"uid":"u","name":"capabilities"}}\n';
const capabilities = '{"type":"capabilities","capabilities":{"pools":[{"name":"größer"}]}}\n';

test.each([
  ['no capabilities', pod, pod],
  ['capabilities between pods', pod + capabilities + pod, pod + told + pod],
  ['another record with such a member', '{"type":"x", "capabilities": 1}\n', '{"type":"x", "capabilities": 1}\n'],
  ['a line that can’t be read', '{"capabilities"\n', '{"capabilities"\n'],
])('toldLines() of %s', (_, lines, wanted) => {
  expect(String(toldLines(Buffer.from(lines), tell))).toBe(wanted);
});

test('tellingStream() reads lines however they are cut', async () => {
  const stream = tellingStream(tell);
  for (const byte of Buffer.from(pod + capabilities)) stream.write(Buffer.of(byte));
  stream.end();
  expect(Buffer.concat(await stream.toArray()).toString()).toBe(pod + told);
});
