import type { PodSpec } from '@interlink/sidecar-sdk';
import { describe, expect, test } from 'vitest';
import { policyWith } from '../testing/site-policy.ts';
import { fieldExaminer } from './all-fields.ts';

const findingsOf = (spec: object, container: object = {}) => {
  const whole = { containers: [{ name: 'c' }], initContainers: [{ name: 'i', ...container }], ...spec } as PodSpec;
  return fieldExaminer.examine(whole, policyWith());
};
const warningsOf = (spec: object, container: object = {}): string[] => findingsOf(spec, container).warnings;

describe('fieldExaminer', () => {
  test.each<[string, object, object, string]>([
    ['a field of the pod', { brandNew: 1 }, {}, 'spec.brandNew'],
    ['a field of a container', {}, { brandNew: { a: 1 } }, 'spec.initContainers[0].brandNew'],
    [
      'a field of a probe',
      {},
      { livenessProbe: { exec: {}, brandNew: 1 } },
      'initContainers[0].livenessProbe.brandNew',
    ],
    [
      'an action of a probe',
      {},
      { startupProbe: { httpGet: { port: 1, brandNew: 1 } } },
      'initContainers[0].startupProbe.httpGet.brandNew',
    ],
    ['a hook', {}, { lifecycle: { preStop: { brandNew: { a: 1 } } } }, 'initContainers[0].lifecycle.preStop.brandNew'],
    ['an alias', { hostAliases: [{ ip: '1.2.3.4', brandNew: 1 }] }, {}, 'spec.hostAliases[0].brandNew'],
    ['a profile', { securityContext: { seccompProfile: { type: 'Unconfined', x: 1 } } }, {}, 'seccompProfile.x'],
    ['a field of a security context', {}, { securityContext: { x: true } }, 'initContainers[0].securityContext.x'],
  ])('tells of %s that nobody knows', (_, spec, container, place) => {
    expect(warningsOf(spec, container)).toEqual([expect.stringContaining(`${place} is not known to this release`)]);
  });

  test('tells of what is without effect, with its value', () => {
    const [warning = '', ...others] = warningsOf({}, { resources: { limits: { 'ephemeral-storage': '1Gi' } } });
    expect(warning).toContain('spec.initContainers[0].resources.limits');
    expect(warning).toContain('1Gi');
    expect(others).toEqual([]);
  });

  test.each([
    ['Restart', []],
    ['RestartAllContainers', [expect.stringContaining('spec.initContainers[0].restartPolicyRules')]],
  ])('of restart rules with the action %s refuses %j', (action, refusals) => {
    const rules = { restartPolicyRules: [{ action, exitCodes: { operator: 'In', values: [42] } }] };
    expect(findingsOf({}, rules)).toEqual({ refusals, warnings: [] });
  });

  const everywhere = {
    httpGet: { path: '/', port: 'web', scheme: 'HTTPS', httpHeaders: [{ name: 'Host', value: 'other.example' }] },
    ...{ exec: { command: ['true'] }, initialDelaySeconds: 1 },
  };

  test.each(['', 'localhost', '127.0.0.1'])('takes probes and hooks of the host %j', (host) => {
    const probe = { ...everywhere, httpGet: { ...everywhere.httpGet, host }, tcpSocket: { port: 1, host } };
    const { initialDelaySeconds: _, ...action } = { ...probe };
    const container = {
      ...{ livenessProbe: probe, readinessProbe: probe, startupProbe: { grpc: { port: 1, service: 's' } } },
      lifecycle: { postStart: action, preStop: { sleep: { seconds: 1 } }, stopSignal: 'SIGINT' },
    };
    expect(findingsOf({}, container)).toEqual({ refusals: [], warnings: [] });
  });

  test.each<[string, object]>([
    ['livenessProbe.httpGet', { livenessProbe: { httpGet: { port: 1, host: '10.0.0.1' } } }],
    ['readinessProbe.tcpSocket', { readinessProbe: { tcpSocket: { port: 1, host: '10.0.0.1' } } }],
    ['startupProbe.httpGet', { startupProbe: { httpGet: { port: 1, host: '10.0.0.1' } } }],
    ['lifecycle.postStart.httpGet', { lifecycle: { postStart: { httpGet: { port: 1, host: '10.0.0.1' } } } }],
    ['lifecycle.preStop.httpGet', { lifecycle: { preStop: { httpGet: { port: 1, host: '10.0.0.1' } } } }],
  ])('refuses another host of %s', (action, container) => {
    const refusal = `spec.initContainers[0].${action}.host: "10.0.0.1" can't be had: probes and hooks reach only their own pod`;
    expect(findingsOf({}, container)).toEqual({ refusals: [refusal], warnings: [] });
  });

  test('tells that an fsGroup does not reach into claims', () => {
    const claim = { name: 'data', persistentVolumeClaim: { claimName: 'data' } };
    const spec = (...volumes: object[]) => ({ securityContext: { fsGroup: 2000 }, volumes });
    expect(warningsOf(spec({ name: 'own', emptyDir: {} }))).toEqual([]);
    expect(warningsOf(spec(claim))).toEqual([expect.stringMatching(/^spec.securityContext.fsGroup: 2000 .*in claims/)]);
  });

  test('keeps quiet about what is done, by whomever, and about what says nothing', () => {
    const spec = {
      ...{ tolerations: [{ key: 'a' }], brandNew: null, another: {}, hostNetwork: false, os: { name: 'linux' } },
      ...{ securityContext: {}, volumes: [{ name: 'v', emptyDir: { medium: 'Memory', sizeLimit: '1Mi' } }] },
    };
    expect(warningsOf(spec, { resizePolicy: [{ resourceName: 'cpu', restartPolicy: 'NotRequired' }] })).toEqual([]);
  });
});
