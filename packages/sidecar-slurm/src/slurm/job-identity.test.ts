import { InterLinkError } from '@interlink/sidecar-sdk';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { maxCommentBytes, parseIdentity, renderIdentity } from './job-identity.ts';
import { anIdentity } from './testing/orders.ts';

const nasty = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.constantFrom(`'`, '"', '\\', '|', '$', '\n', 'ä') }),
);

test('renderIdentity() gives JSON that is read back', () => {
  const comment = renderIdentity(anIdentity);
  expect(comment).toBe(
    '{"v":1,"uid":"11111111-1111-4111-8111-111111111111","cluster":"c","node":"slurm","ns":"ns","name":"a"}',
  );
  expect(parseIdentity(comment)).toEqual(anIdentity);
});

test('renderIdentity() holds the longest names that Kubernetes allows', () => {
  const long = 'n'.repeat(253);
  const identity = {
    ...anIdentity,
    owner: { cluster: 'c'.repeat(128), node: long },
    namespace: 'n'.repeat(63),
    name: long,
  };
  expect(parseIdentity(renderIdentity(identity))).toEqual(identity);
});

test('renderIdentity() is one line of printable ASCII of at most 1,024 bytes whatever the names are, or refuses them', () => {
  const identity = fc.record({
    uid: nasty,
    owner: fc.record({ cluster: nasty, node: nasty }),
    namespace: nasty,
    name: fc.oneof(nasty, fc.string({ unit: 'binary', minLength: 150, maxLength: 300 })),
  });
  fc.assert(
    fc.property(identity, (names) => {
      try {
        const comment = renderIdentity(names);
        expect(comment).toMatch(/^[ -~]+$/);
        expect(comment).not.toMatch(/['$`|]/);
        expect(comment.length).toBeLessThanOrEqual(maxCommentBytes);
        expect(JSON.parse(comment)).toEqual({
          ...{ v: 1, uid: names.uid, ...names.owner, ns: names.namespace, name: names.name },
        });
      } catch (error) {
        expect(error).toBeInstanceOf(InterLinkError);
      }
    }),
    { numRuns: 300 },
  );
});

test('renderIdentity() refuses what Slurm would not keep', () => {
  expect(() => renderIdentity({ ...anIdentity, name: 'ä'.repeat(200) })).toThrow(
    /take 1\d{3} bytes .* Slurm keeps 1024/,
  );
});

test.each([
  '',
  '(null)',
  'null',
  '"text"',
  '{"v":1',
  '{"v":2,"uid":"1","cluster":"c","node":"n","ns":"ns","name":"a"}',
  '{"v":1,"cluster":"c","node":"n","ns":"ns","name":"a"}',
  '{"v":1,"uid":"../../etc","cluster":"c","node":"n","ns":"ns","name":"a"}',
  '{"v":1,"uid":"1","cluster":"c","node":"n","ns":"a/b","name":"a"}',
  '{"v":1,"uid":"1","cluster":"c","node":"n","ns":"..","name":"a"}',
  '{"v":1,"uid":1,"cluster":"c","node":"n","ns":"ns","name":"a"}',
])('parseIdentity(%j) is nobody', (comment) => {
  expect(parseIdentity(comment)).toBeUndefined();
});
