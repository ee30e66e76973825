import { describe, expect, test } from 'vitest';
import { podWith } from '../testing/pods.ts';
import { slurmSite, testProcess } from '../testing/slurm-site.ts';
import { examineRunAs } from './run-as.ts';

const user = (runAsUser: number, more: object = {}) => ({ securityContext: { runAsUser, ...more } });
const mapped = slurmSite({ 'Slurm.Users': { '1000': 1500, '1001': 1500 } }).accounts;
const own = slurmSite().accounts;

describe('examineRunAs()', () => {
  test.each<[string, Parameters<typeof podWith>[0], typeof own]>([
    ['nobody in particular', {}, own],
    ['the account itself', { spec: user(1500, { runAsGroup: 1500 }) }, own],
    ['a user who runs as the account', { spec: user(1000) }, mapped],
    ['the account where others run as it', { spec: user(1500), containers: [user(1000), {}] }, mapped],
    ['two users who run as the account', { containers: [user(1000), user(1001)] }, mapped],
  ])('lets %s run', (_, parts, accounts) => {
    expect(examineRunAs(podWith(parts).spec, accounts)).toEqual({ problems: [], ignored: [] });
  });

  test.each([
    [user(7), /^container c0: runAsUser is 7, jobs run as user 1500 \(IgnoreRunAsUser is false\)$/],
    [user(1500, { runAsGroup: 8 }), /^container c0: runAsGroup is 8, jobs have the group of user 1500, which is 1500/],
  ])('refuses %j, or tells of it', (spec, message) => {
    const pod = podWith({ spec }).spec;
    expect(examineRunAs(pod, mapped).problems).toEqual([expect.stringMatching(message)]);
    const { problems, ignored } = examineRunAs(pod, { ...mapped, ignoresRunAsUser: true });
    expect(problems).toEqual([]);
    expect(ignored).toHaveLength(1);
  });

  test('names the containers, each by itself', () => {
    const { problems } = examineRunAs(podWith({ containers: [user(1000), user(1002)] }).spec, mapped);
    expect(problems).toEqual([expect.stringContaining('container c1: runAsUser is 1002, jobs run as user 1500')]);
  });

  test('keeps runAsNonRoot where jobs run as root', () => {
    const root = slurmSite({}, { ...testProcess, uid: 0, gid: 0 }).accounts;
    const { spec } = podWith({
      spec: { securityContext: { runAsNonRoot: true } },
      containers: [{}, { securityContext: { runAsNonRoot: false } }],
    });
    expect(examineRunAs(spec, root).problems).toEqual(['container c0 has runAsNonRoot and jobs run as root']);
    expect(examineRunAs(spec, own).problems).toEqual([]);
  });
});
