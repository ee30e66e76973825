import fc from 'fast-check';
import { expect, it } from 'vitest';
import { TerminalSizes } from './terminal-sizes.ts';

const render = ({ width, height }: { width: number; height: number }) => `{"Width":${width},"Height":${height}}\n`;

it('TerminalSizes reads sizes however their stream is cut', () => {
  const length = fc.integer({ min: 0, max: 65_535 });
  const sizes = fc.array(fc.record({ width: length, height: length }), { minLength: 1 });
  fc.assert(
    fc.property(sizes, fc.integer({ min: 1, max: 40 }), (wanted, step) => {
      const bytes = Buffer.from(wanted.map(render).join(''));
      const seen: unknown[] = [];
      const reader = new TerminalSizes();
      reader.listen((size) => seen.push(size));
      for (let at = 0; at < bytes.length; at += step) reader.take(bytes.subarray(at, at + step));
      expect(seen).toEqual(wanted);
    }),
  );
});

it('TerminalSizes keeps the last one for a command that starts late', () => {
  const reader = new TerminalSizes();
  reader.take(
    Buffer.from(`${render({ width: 1, height: 2 })}${render({ width: 3, height: 4 })}nonsense\n{"Width":-1}\n`),
  );
  const seen: unknown[] = [];
  reader.listen((size) => seen.push(size));
  expect(seen).toEqual([{ width: 3, height: 4 }]);
});

it('TerminalSizes does not keep a line without an end', () => {
  const reader = new TerminalSizes();
  for (let count = 0; count < 100; count += 1) reader.take(Buffer.alloc(10_000, 'x'));
  reader.take(Buffer.from(`\n${render({ width: 3, height: 4 })}`));
  const seen: unknown[] = [];
  reader.listen((size) => seen.push(size));
  expect(seen).toEqual([{ width: 3, height: 4 }]);
});
