import Type from 'typebox';
import { expect, test } from 'vitest';
import { listOf, mapOf, readValue } from './key.ts';

const shape = Type.Object(
  {
    Name: Type.String({ pattern: '^[a-z]+$', wanted: 'a name of small letters' }),
    Groups: Type.Optional(Type.Array(Type.String())),
    Streams: Type.Optional(Type.Array(Type.Enum(['exec', 'attach']))),
    Payload: Type.Optional(
      Type.Union([Type.String(), Type.Array(Type.String())], { wanted: 'a text or a list of texts' }),
    ),
    Rank: Type.Optional(Type.Integer()),
  },
  { additionalProperties: false },
);
const key = listOf(shape, { doc: '' });

const render = (value: unknown, of = key.problemsOf) =>
  (of?.(value) ?? []).map(({ place, what }) => `${place} ${what}`);

test.each([
  [
    [
      { Name: 'a', Groups: ['x'], Streams: ['exec'], Payload: ['x'], Rank: 1 },
      { Name: 'b', Payload: '' },
    ],
    [],
  ],
  [[], []],
  [[{}], ['[0] lacks Name']],
  [[{ Name: 'a' }, 'x'], ['[1] is "x": a map is wanted']],
  [[{ Name: 'A' }], ['[0].Name is "A": a name of small letters is wanted']],
  [[{ Name: 'a', Group: [] }], ['[0].Group is unknown: did you mean Groups?']],
  [[{ Name: 'a', Zebra: 1 }], ['[0].Zebra is unknown: one of Name, Groups, Streams, Payload, Rank is wanted']],
  [[{ Name: 'a', Groups: 'x' }], ['[0].Groups is "x": a list is wanted']],
  [[{ Name: 'a', Groups: [7] }], ['[0].Groups[0] is 7: a text is wanted']],
  [[{ Name: 'a', Streams: ['run'] }], ['[0].Streams[0] is "run": one of exec, attach is wanted']],
  [[{ Name: 'a', Payload: 1 }], ['[0].Payload is 1: a text or a list of texts is wanted']],
  [[{ Name: 'a', Rank: 1.5 }], ['[0].Rank is 1.5: a whole number is wanted']],
  [
    [{ Rank: 'x' }, { Groups: null }],
    [
      '[0] lacks Name',
      '[0].Rank is "x": a whole number is wanted',
      '[1] lacks Name',
      '[1].Groups is null: a list is wanted',
    ],
  ],
])('problemsOf(%j) of a list is %j', (value, expected) => {
  expect(render(value).toSorted()).toEqual(expected);
});

test('problemsOf() of a map tells its members, and a value of another kind is none', () => {
  const map = mapOf(shape, { doc: '' });
  expect(render({ Name: 1, 'a/b': 2 }, map.problemsOf)).toEqual([
    expect.stringContaining('.a/b is unknown'),
    '.Name is 1: a name of small letters is wanted',
  ]);
  expect(readValue(map, [])).toBeUndefined();
  expect(readValue(key, {})).toBeUndefined();
});
