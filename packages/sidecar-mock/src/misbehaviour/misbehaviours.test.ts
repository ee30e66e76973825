import { Registry } from '@interlink/sidecar-sdk';
import { expect, test } from 'vitest';
import { mockSidecarOf } from '../sidecar.ts';
import { findMisbehaviour, misbehaviours } from './misbehaviours.ts';

type Config = Parameters<ReturnType<typeof mockSidecarOf>['createBackend']>[0];
type Logger = Parameters<ReturnType<typeof mockSidecarOf>['createBackend']>[1];

test('misbehaviours have kebab-case names of their own, one sentence each, and a check that catches them', () => {
  const names = misbehaviours.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  for (const { name, summary, caughtBy } of misbehaviours) {
    expect(name).toMatch(/^[a-z0-9]+(-[a-z0-9]+)+$/);
    expect(summary).toMatch(/^[^|]+\.$/);
    expect(caughtBy.length).toBeGreaterThan(0);
  }
});

test('findMisbehaviour() refuses a name that it does not know, with the nearest and all others', () => {
  const known = misbehaviours.map(({ name }) => name).join(', ');
  expect(() => findMisbehaviour('lost-delet')).toThrow(
    `"lost-delet", which the mock does not know: did you mean lost-delete? Known: ${known}`,
  );
});

test('mockSidecarOf() warns of the misbehaviour that MOCK_MISBEHAVE names', async () => {
  const warned: unknown[][] = [];
  const logger = { warn: (...args: unknown[]) => warned.push(args) } as unknown as Logger;
  await mockSidecarOf({ MOCK_MISBEHAVE: 'ghost-pod' }).createBackend({} as Config, logger, new Registry());
  expect(warned).toEqual([
    [
      { misbehaviour: 'ghost-pod', summary: 'Every list holds a pod that nobody created.' },
      expect.stringContaining('wrong on purpose'),
    ],
  ]);
  await expect(
    mockSidecarOf({ MOCK_MISBEHAVE: 'goblin' }).createBackend({} as Config, logger, new Registry()),
  ).rejects.toMatchObject({
    code: 'invalid_argument',
  });
  await mockSidecarOf({}).createBackend({} as Config, logger, new Registry());
  expect(warned).toHaveLength(1);
});
