import type { Random } from './random.ts';

/** Of another type, or at the end of its own. */
const odd: ReadonlyArray<unknown> = [
  ...[
    null,
    true,
    false,
    0,
    -1,
    0.5,
    1e308,
    -1e308,
    2 ** 53,
    2 ** 31,
    -0,
    '',
    ' ',
    '0',
    'true',
    '\0',
    '\ud800',
    '.',
    '/',
  ],
  ...[
    '-1',
    '1e999',
    '2027-01-01T00:00:00Z',
    '0000-01-01T00:00:00+23:59',
    '9999-12-31T23:59:59-23:59',
    '2027-02-30T25:00:00Z',
    'x'.repeat(300),
    [],
    [[]],
    [null],
    {},
    { a: null },
  ],
  ...[
    JSON.parse('{"__proto__": {"polluted": true}}'),
    { constructor: 1 },
    { toString: null, valueOf: null },
    { length: -1 },
  ],
];

/** A copy of the value with one to three places changed: another value, a member less, twice the elements, another name. */
export function mutateJson(value: unknown, random: Random): unknown {
  let changed = structuredClone(value);
  for (let left = 1 + random.below(3); left > 0; left -= 1) changed = changeOne(changed, random);
  return changed;
}

function changeOne(value: unknown, random: Random): unknown {
  const keys = typeof value === 'object' && value !== null ? Object.keys(value) : [];
  if (keys.length === 0 || random.below(8) === 0) return structuredClone(random.pick(odd));
  const key = random.pick(keys);
  const members = value as Record<string, unknown>;
  const action = random.below(10);
  if (action < 6) return set(members, key, changeOne(members[key], random));
  if (action === 6 && Array.isArray(value)) return [...value, ...value];
  if (action < 8) return without(members, key);
  if (action === 8)
    return set(
      members,
      random.pick(['__proto__', 'constructor', '', 'toString', 'x', key.toUpperCase()]),
      structuredClone(random.pick(odd)),
    );
  return set(members, key, { inner: members[key] });
}

function set(members: Record<string, unknown>, key: string, value: unknown): unknown {
  // A member of that name, not the object's prototype.
  Object.defineProperty(members, key, { value, enumerable: true, configurable: true, writable: true });
  return members;
}

function without(members: Record<string, unknown>, key: string): unknown {
  // Not by `splice`, which would ask a member `constructor` for the copy.
  if (Array.isArray(members)) return members.toSpliced(Number(key), 1);
  delete members[key];
  return members;
}
