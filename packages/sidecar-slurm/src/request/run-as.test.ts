import { describe, expect, test } from 'vitest';
import { podWith } from '../testing/pods.ts';
import { slurmSite, testProcess } from '../testing/slurm-site.ts';
import { toJobAccount } from './run-as.ts';

const user = (runAsUser: number, more: object = {}) => ({ securityContext: { runAsUser, ...more } });
const mapped = slurmSite({ 'Slurm.Users': { '1000': 20001, '1001': 20001, '1002': 20002 } }).accounts;
const own = slurmSite().accounts;

describe('toJobAccount()', () => {
  test.each<[string, Parameters<typeof podWith>[0], typeof own, number | undefined]>([
    ['nobody in particular', {}, own, undefined],
    ['the account itself', { spec: user(1500, { runAsGroup: 1500 }) }, own, undefined],
    ['a user with an account', { spec: user(1000) }, mapped, 20001],
    ['an account by its own number', { spec: user(20001), containers: [user(1000), {}] }, mapped, 20001],
    ['two users with one account', { containers: [user(1000), user(1001)] }, mapped, 20001],
  ])('runs %s', (_, parts, accounts, uid) => {
    expect(toJobAccount(podWith(parts).spec, accounts, undefined)).toEqual({ uid, problems: [], ignored: [] });
  });

  test('goes by the flavor, then by the site', () => {
    const accounts = { ...own, defaultUid: 3000 };
    const { spec } = podWith();
    expect(toJobAccount(spec, accounts, undefined).uid).toBe(3000);
    expect(toJobAccount(spec, accounts, 3001).uid).toBe(3001);
  });

  test.each([
    [user(7), /^container c0: runAsUser is 7, jobs run as user 1500 \(IgnoreRunAsUser is false\)$/],
    [user(1500, { runAsGroup: 8 }), /^container c0: runAsGroup is 8, jobs have the group of user 1500, which is 1500/],
  ])('refuses %j, or tells of it', (spec, message) => {
    const pod = podWith({ spec }).spec;
    expect(toJobAccount(pod, own, undefined).problems).toEqual([expect.stringMatching(message)]);
    const { problems, ignored } = toJobAccount(pod, { ...own, ignoresRunAsUser: true }, undefined);
    expect(problems).toEqual([]);
    expect(ignored).toHaveLength(1);
  });

  test('refuses users of two accounts in one job', () => {
    const { problems } = toJobAccount(podWith({ containers: [user(1000), user(1002)] }).spec, mapped, undefined);
    expect(problems).toEqual([expect.stringContaining('container c1: runAsUser is 1002, jobs run as user 20001')]);
  });

  test('keeps runAsNonRoot where jobs run as root', () => {
    const root = slurmSite({}, { ...testProcess, uid: 0, gid: 0 }).accounts;
    const { spec } = podWith({
      spec: { securityContext: { runAsNonRoot: true } },
      containers: [{}, { securityContext: { runAsNonRoot: false } }],
    });
    expect(toJobAccount(spec, root, undefined).problems).toEqual([
      'container c0 has runAsNonRoot and jobs run as root',
    ]);
    expect(toJobAccount(spec, root, 3000).problems).toEqual([]);
    expect(toJobAccount(spec, own, undefined).problems).toEqual([]);
  });
});
