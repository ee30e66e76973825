import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expandVariables } from './expand-variables.ts';

const VARIABLES = new Map([
  ['A', 'one'],
  ['B', '$(A)'],
  ['EMPTY', ''],
  ['with space', 'two'],
]);
const lookUp = (name: string) => VARIABLES.get(name);

describe('expandVariables()', () => {
  it.each([
    ['$(A)', 'one'],
    ['x$(A)y$(A)z', 'xoneyonez'],
    ['$(EMPTY)', ''],
    ['$(B)', '$(A)'],
    ['$(with space)', 'two'],
    ['$(UNKNOWN)', '$(UNKNOWN)'],
    ['$()', '$()'],
    ['$$(A)', '$(A)'],
    ['$$$(A)', '$one'],
    ['$$$$(A)', '$$(A)'],
    ['$A $[A]', '$A $[A]'],
    ['$(A', '$(A'],
    ['$(A$$', '$(A$'],
    ['$($(A)', '$($(A)'],
    ['$', '$'],
    ['a$', 'a$'],
    ['', ''],
    ['é$(A)ü', 'éoneü'],
  ])('turns %j into %j', (text, expanded) => expect(expandVariables(text, lookUp)).toBe(expanded));

  it('agrees with a reader that goes from character to character', () => {
    const pieces = fc.array(fc.constantFrom('$', '(', ')', 'A', 'B', 'EMPTY', 'UNKNOWN', ' ', '\n', 'é', '😀'));
    fc.assert(
      fc.property(pieces, (parts) => {
        const text = parts.join('');
        expect(expandVariables(text, lookUp)).toBe(expandSlowly(text));
      }),
      { numRuns: 2_000 },
    );
  });
});

/** The kubelet's grammar, spelt out. */
function expandSlowly(text: string): string {
  let result = '';
  let at = 0;
  while (at < text.length) {
    const close = text.indexOf(')', at);
    if (text.startsWith('$$', at)) {
      result += '$';
      at += 2;
    } else if (text.startsWith('$(', at) && close !== -1) {
      result += lookUp(text.slice(at + 2, close)) ?? text.slice(at, close + 1);
      at = close + 1;
    } else {
      result += text.charAt(at);
      at += 1;
    }
  }
  return result;
}
