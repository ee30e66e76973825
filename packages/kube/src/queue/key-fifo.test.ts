import fc from 'fast-check';
import { expect, it } from 'vitest';
import { KeyFifo } from './key-fifo.ts';

it('KeyFifo behaves as an array of distinct keys', () => {
  fc.assert(
    fc.property(fc.array(fc.option(fc.constantFrom('a', 'b', 'c', 'd', 'e'))), (steps) => {
      const fifo = new KeyFifo();
      const model: string[] = [];
      for (const key of steps) {
        if (key === null) expect(fifo.shift()).toBe(model.shift());
        else {
          fifo.push(key);
          if (!model.includes(key)) model.push(key);
        }
        expect(fifo.size).toBe(model.length);
        expect(fifo.has('a')).toBe(model.includes('a'));
      }
    }),
  );
});
