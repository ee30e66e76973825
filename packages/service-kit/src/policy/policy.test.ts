import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { DeniedStreams, Grant } from '../config/access-keys.ts';
import { readVerbs, type Verb } from './access.ts';
import { Policy } from './policy.ts';

const alice = { name: 'token:alice', groups: [] };
const member = { name: 'oidc:1', groups: ['team-b', 'else'] };
const operator = { name: 'certificate:ops', groups: [] };
const stranger = { name: 'token:alic', groups: ['team-'] };

const grants: Grant[] = [
  { Identities: ['token:alice'], Owners: ['c1/alice-*'], DenyStreams: ['attach'] },
  { Groups: ['team-b'], Owners: ['c1/b', 'v1/b'], Pools: ['cpu', 'gpu-*'] },
  { Identities: ['certificate:ops'], Operator: true },
];

function policyOf(given: Grant[] | undefined, denied?: DeniedStreams[]): Policy {
  return new Policy({ 'Policy.Grants': given, 'Policy.DenyStreams': denied });
}

function ask(policy: Policy, identity: { name: string; groups: string[] }, verb: Verb, node: string, pool?: string) {
  return policy.decide(identity, { owner: { cluster: 'c1', node }, verb, pool })?.reason ?? 'allowed';
}

test.each([
  [alice, 'create', 'alice-1', undefined, 'allowed'],
  [alice, 'list', 'alice-1', undefined, 'allowed'],
  [alice, 'exec', 'alice-1', undefined, 'allowed'],
  [alice, 'attach', 'alice-1', undefined, 'stream_switched_off'],
  [alice, 'attach', 'b', undefined, 'owner_not_granted'],
  [alice, 'list', 'b', undefined, 'owner_not_granted'],
  [alice, 'other', 'b', undefined, 'owner_not_granted'],
  [alice, 'create', 'alice', undefined, 'owner_not_granted'],
  [member, 'create', 'b', 'cpu', 'allowed'],
  [member, 'portforward', 'b', 'gpu-1', 'allowed'],
  [member, 'create', 'b', 'himem', 'pool_not_granted'],
  [member, 'list', 'b', undefined, 'pool_not_granted'],
  [member, 'list', 'alice-1', 'cpu', 'owner_not_granted'],
  [operator, 'log', 'alice-1', 'himem', 'allowed'],
  [operator, 'delete', 'alice-1', undefined, 'read_only'],
  [operator, 'exec', 'alice-1', undefined, 'read_only'],
  [operator, 'render', 'alice-1', undefined, 'read_only'],
  [operator, 'other', 'alice-1', undefined, 'read_only'],
  [stranger, 'list', 'alice-1', undefined, 'owner_not_granted'],
  [{ name: 'account', groups: [] }, 'list', 'alice-1', undefined, 'owner_not_granted'],
] as const)('Policy: %j asks %s for %s in pool %j: %s', (identity, verb, node, pool, expected) => {
  expect(ask(policyOf(grants), { ...identity, groups: [...identity.groups] }, verb, node, pool)).toBe(expected);
});

test('Policy without grants lets everybody act for all, and with an empty list nobody', () => {
  expect(ask(policyOf(undefined), alice, 'exec', 'any')).toBe('allowed');
  expect(policyOf(undefined).isOpen).toBe(true);
  expect(ask(policyOf([]), alice, 'list', 'any')).toBe('owner_not_granted');
  expect(policyOf([]).isOpen).toBe(false);
});

test('Policy adds grants up: what one gives, another does not take', () => {
  const more: Grant[] = [...grants, { Identities: ['token:alice'], Owners: ['c1/alice-1'] }];
  expect(ask(policyOf(more), alice, 'attach', 'alice-1')).toBe('allowed');
  expect(ask(policyOf(more), alice, 'attach', 'alice-2')).toBe('stream_switched_off');
});

test('Policy.rightsOf() says who sees every owner: operators, who may act for all, and everybody where nothing is granted', () => {
  const all: Grant[] = [...grants, { Identities: ['account'], Owners: ['*'] }];
  const seesAll = (given: Grant[] | undefined, identity: { name: string; groups: string[] }) =>
    policyOf(given).rightsOf(identity).seesAllOwners;
  expect([alice, member, stranger, operator].map((each) => seesAll(all, each))).toEqual([false, false, false, true]);
  expect(seesAll(all, { name: 'account', groups: [] })).toBe(true);
  expect(seesAll([{ Identities: ['account'], Owners: ['*'], Pools: ['cpu'] }], { name: 'account', groups: [] })).toBe(
    false,
  );
  expect(seesAll(undefined, stranger)).toBe(true);
});

test('Policy.DenyStreams holds for everybody, in its pools', () => {
  const everywhere = policyOf(undefined, [{ Streams: ['exec'] }]);
  expect(ask(everywhere, alice, 'exec', 'n')).toBe('stream_switched_off');
  expect(ask(everywhere, alice, 'attach', 'n')).toBe('allowed');
  const somewhere = policyOf(grants, [{ Streams: ['exec', 'portforward'], Pools: ['gpu-*'] }]);
  expect(ask(somewhere, member, 'exec', 'b', 'gpu-1')).toBe('stream_switched_off');
  expect(ask(somewhere, member, 'exec', 'b', 'cpu')).toBe('allowed');
  expect(ask(somewhere, alice, 'exec', 'alice-1')).toBe('stream_switched_off');
  expect(ask(somewhere, alice, 'list', 'alice-1')).toBe('allowed');
});

test.each([
  [{ Owners: ['*'] }, 'Policy.Grants[0] is for nobody: Identities or Groups is wanted'],
  [{ Identities: ['a'] }, 'Policy.Grants[0] grants nothing: Owners, or Operator: true, is wanted'],
  [{ Groups: ['a'], Operator: true, Pools: ['x'] }, 'Policy.Grants[0] has Pools or DenyStreams without Owners'],
] satisfies Array<[Grant, string]>)('Policy does not take the grant %j', (grant, problem) => {
  expect(() => policyOf([grant])).toThrow(problem);
});

const verbs = fc.constantFrom<Verb>(
  ...readVerbs,
  'create',
  'update',
  'updateVolumes',
  'delete',
  'exec',
  'attach',
  'portforward',
  'other',
);
const nodes = fc.stringMatching(/^[a-z0-9]([a-z0-9.-]{0,8}[a-z0-9])?$/);

test('Policy never lets somebody act for an owner that matches none of his patterns', () => {
  fc.assert(
    fc.property(nodes, nodes, nodes, verbs, (cluster, mine, node, verb) => {
      const policy = policyOf([
        { Identities: ['me'], Owners: [`${cluster}/${mine}-*`] },
        { Identities: ['other'], Owners: ['*'] },
      ]);
      const denial = policy.decide({ name: 'me', groups: [] }, { owner: { cluster, node }, verb });
      expect(denial === undefined).toBe(node.startsWith(`${mine}-`));
    }),
  );
});
