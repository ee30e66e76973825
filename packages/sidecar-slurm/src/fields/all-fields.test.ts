import { describe, expect, test } from 'vitest';
import { podWith } from '../testing/pods.ts';
import { slurmSite } from '../testing/slurm-site.ts';
import { fieldExaminer } from './all-fields.ts';

const examine = (spec: object, container: object = {}, site = slurmSite()) =>
  fieldExaminer.examine(podWith({ spec, container }).spec, site);
const port = (hostPort: number) => ({ ports: [{ containerPort: 80, hostPort }] });

describe('fieldExaminer', () => {
  test.each<[string, object, object]>([
    ['what every pod has', { dnsPolicy: 'ClusterFirst', enableServiceLinks: true, tolerations: [{ key: 'a' }] }, {}],
    ['the network of the node', { hostNetwork: true }, port(80)],
    [
      'the group of the account',
      { securityContext: { fsGroup: 1500, seccompProfile: { type: 'RuntimeDefault' } } },
      {},
    ],
    ['the runtime that there is', { runtimeClassName: 'apptainer' }, { livenessProbe: { httpGet: { port: 1 } } }],
    ['input and a terminal', {}, { stdin: true, stdinOnce: true, tty: true }],
    ['less than an account may', {}, { securityContext: { capabilities: { drop: ['ALL'] }, privileged: false } }],
  ])('keeps quiet about %s', (_, spec, container) => {
    expect(examine(spec, container)).toEqual({ refusals: [], warnings: [] });
  });

  test.each<[string, object, object, string]>([
    ['a name', { subdomain: 'h' }, {}, 'spec.subdomain: "h" (a job is in no domain of the cluster)'],
    ['a group', { securityContext: { fsGroup: 5 } }, {}, 'spec.securityContext.fsGroup: 5'],
    ['a disk', {}, { resources: { limits: { 'ephemeral-storage': '1Gi' } } }, 'spec.containers[0].resources.limits'],
    ['what nobody knows', { brandNew: 1 }, {}, 'spec.brandNew is not known to this release'],
  ])('warns of %s', (_, spec, container, message) => {
    expect(examine(spec, container)).toEqual({ refusals: [], warnings: [expect.stringContaining(message)] });
  });

  test.each<[string, object, object, string]>([
    [
      'the whole machine',
      {},
      { securityContext: { privileged: true } },
      'spec.containers[0].securityContext.privileged',
    ],
    ['a capability', {}, { securityContext: { capabilities: { add: ['NET_ADMIN'] } } }, 'capabilities.add'],
    ['a mapped port', {}, port(8080), 'spec.containers[0].ports[0].hostPort: 8080'],
    ['a probe by gRPC', {}, { startupProbe: { grpc: { port: 1 } } }, 'spec.containers[0].startupProbe'],
    ['another runtime', { runtimeClassName: 'gvisor' }, {}, 'spec.runtimeClassName: "gvisor"'],
    ['processes of others', { shareProcessNamespace: true }, {}, 'spec.shareProcessNamespace'],
    ['a volume of a driver', { volumes: [{ name: 'v', csi: { driver: 'd' } }] }, {}, 'spec.volumes[0].csi'],
  ])('refuses %s', (_, spec, container, message) => {
    expect(examine(spec, container)).toEqual({ refusals: [expect.stringContaining(message)], warnings: [] });
  });

  test('warns of images where there are none', () => {
    const { warnings } = examine({}, {}, slurmSite({ ContainerRuntime: 'none' }));
    expect(warnings).toEqual([
      expect.stringContaining('spec.containers[0].image: "busybox" (there are no images here)'),
    ]);
  });
});
