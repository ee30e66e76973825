import { InterLinkError } from '@interlink/protocol';
import type { Access, Denial, Logger } from '@interlink/service-kit';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Audit } from './audit.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const access: Access = { owner: { cluster: 'c1', node: 'n1' }, verb: 'exec', uid: 'u1', container: 'c' };
const denial: Denial = { reason: 'owner_not_granted', message: 'no' };

function start() {
  const lines: Array<[string, Record<string, unknown>]> = [];
  const at = (level: string) => (fields: Record<string, unknown>) => void lines.push([level, fields]);
  const audit = new Audit({ info: at('info'), debug: at('debug') } as unknown as Logger);
  const record = (name: string, more: { denial?: Denial; access?: Access } = {}) =>
    audit.record({ identity: { name, groups: [] }, access, denial: undefined, requestId: 'r1', ...more });
  const refuse = (peer: string, reason?: string, url = '/v2/clusters/c1/nodes/n1/pods/u/containers/c/log') => {
    const error = new InterLinkError('unauthenticated', 'no', { reason });
    audit.refuse({ error, peer, method: 'GET', url, requestId: 'r1' });
  };
  return { lines, record, refuse };
}

test('Audit writes who did what for whom, at info what changes something, at debug what reads', () => {
  const { lines, record } = start();
  record('token:a');
  record('token:a', { access: { ...access, verb: 'list' } });
  record('token:a', { access: { ...access, verb: 'log' } });
  expect(lines.map(([level]) => level)).toEqual(['info', 'debug', 'info']);
  expect(lines[0]?.[1]).toEqual({
    ...{ audit: true, identity: 'token:a', verb: 'exec', owner: 'c1/n1', podUid: 'u1', container: 'c' },
    ...{ outcome: 'allowed', reason: undefined, requestId: 'r1' },
  });
});

test('Audit writes a flood of denials once a second with their number, each identity and reason by itself', () => {
  const { lines, record } = start();
  for (let index = 0; index < 1_000; index += 1) record('token:a', { denial });
  record('token:b', { denial });
  record('token:a', { denial: { ...denial, reason: 'read_only' } });
  expect(lines).toHaveLength(3);
  vi.advanceTimersByTime(1_000);
  expect(lines).toHaveLength(4);
  expect(lines[3]?.[1]).toMatchObject({ identity: 'token:a', outcome: 'denied', count: 999 });
  record('token:a', { denial });
  vi.advanceTimersByTime(1_000);
  expect(lines[4]?.[1]).toMatchObject({ identity: 'token:a', count: 1 });
  vi.advanceTimersByTime(10_000);
  expect(lines).toHaveLength(5);
  record('token:a', { denial });
  expect(lines[5]?.[1]).not.toHaveProperty('count');
  expect(vi.getTimerCount()).toBe(1);
});

test('Audit writes a flood of those who are not let in once for each address and reason, then their number', () => {
  const { lines, refuse } = start();
  for (let index = 0; index < 1_000; index += 1) refuse('10.0.0.1');
  refuse('10.0.0.2');
  refuse('10.0.0.1', 'invalid_token');
  expect(lines).toHaveLength(3);
  expect(lines[0]).toEqual([
    'info',
    {
      ...{ audit: true, peer: '10.0.0.1', verb: 'log', owner: 'c1/n1', outcome: 'denied', reason: 'unauthenticated' },
      ...{ why: 'no', requestId: 'r1' },
    },
  ]);
  vi.advanceTimersByTime(10_000);
  expect(lines).toHaveLength(4);
  expect(lines[3]?.[1]).toMatchObject({ peer: '10.0.0.1', reason: 'unauthenticated', count: 999 });
  for (let index = 0; index < 5_000; index += 1) refuse(`10.1.${index >> 8}.${index & 255}`);
  expect(lines.length).toBeLessThanOrEqual(4 + 101);
});

test('Audit writes no path that is none of the protocol, of those who are not let in', () => {
  const { lines, refuse } = start();
  refuse('10.0.0.1', undefined, '/hunter2?access_token=hunter2');
  expect([lines[0]?.[1].verb, lines[0]?.[1].owner]).toEqual([undefined, undefined]);
  expect(JSON.stringify(lines)).not.toContain('hunter2');
});

test('Audit keeps a bounded number of counts, however many identities are denied', () => {
  const { lines, record } = start();
  for (let index = 0; index < 5_000; index += 1) record(`oidc:${index}`, { denial });
  expect(lines).toHaveLength(1_001);
  expect(vi.getTimerCount()).toBe(1_001);
});
