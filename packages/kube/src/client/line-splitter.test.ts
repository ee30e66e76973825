import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LineSplitter } from './line-splitter.ts';

describe('LineSplitter', () => {
  it('gives the same lines however the bytes are cut', () => {
    const line = fc.string({ unit: 'binary' }).map((text) => text.replaceAll('\n', '').toWellFormed());
    fc.assert(
      fc.property(fc.array(line), line, fc.array(fc.nat(64)), (lines, rest, cuts) => {
        const bytes = Buffer.from(`${lines.map((text) => `${text}\n`).join('')}${rest}`);
        const splitter = new LineSplitter();
        const seen: string[] = [];
        let from = 0;
        for (const cut of cuts) {
          seen.push(...splitter.push(bytes.subarray(from, from + cut)));
          from = Math.min(bytes.length, from + cut);
        }
        seen.push(...splitter.push(bytes.subarray(from)));
        expect(seen).toEqual(lines.filter((text) => text !== ''));
        expect(splitter.pendingBytes).toBe(Buffer.byteLength(rest));
      }),
    );
  });

  it('joins a line of 32 MiB in 1 KiB chunks in linear time', () => {
    const splitter = new LineSplitter();
    const chunk = Buffer.alloc(1024, 'x');
    const startedAt = performance.now();
    for (let i = 0; i < 32 * 1024; i += 1) expect([...splitter.push(chunk)].length).toBe(0);
    const [line] = splitter.push(Buffer.from('\n'));
    expect(line?.length).toBe(32 * 1024 * 1024);
    expect(performance.now() - startedAt).toBeLessThan(5_000);
  });
});
