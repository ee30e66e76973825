import type { Pod } from '@interlink/sidecar-sdk';
import { expect, test } from 'vitest';
import type { PlannedImage } from '../../image/planned-image.ts';
import { planApptainer } from './plan-apptainer.ts';

const image: PlannedImage = {
  ...{
    uri: 'docker://a@sha256:1',
    name: 'reg.example.org/a:1',
    path: '',
    key: 'k',
    imageId: 'i',
    policy: 'Always',
    repository: 'r',
  },
  ...{ isVerified: true, logins: [], accessKeys: ['anybody'], isInsecure: false, lookedFor: '' },
};
const site = {
  runtime: { name: 'apptainer', path: '/opt/apptainer', prefix: ['nice'], options: ['--nv'] },
  folders: { root: '/root' },
} as const;
const options = {
  singularityOptions: ['--fakeroot'],
  singularityMounts: ['--bind', '/cvmfs:/cvmfs'],
  singularityCommands: ['numactl'],
};
const metadata = { name: 'p', namespace: 'ns', uid: 'u' };

test('planApptainer() puts the site’s options before those of a pod, and both after ours', () => {
  const pod: Pod = { metadata, spec: { containers: [{ name: 'main' }], initContainers: [{ name: 'first' }] } };
  const images = new Map([
    ['main', image],
    ['first', image],
  ]);
  expect(planApptainer(pod, images, site, options)).toEqual({
    driver: 'apptainer',
    path: '/opt/apptainer',
    imageCache: '/root/.images',
    hostname: 'p',
    hostLines: [],
    options: ['--nv', '--fakeroot', '--bind', '/cvmfs:/cvmfs'],
    prefix: ['nice', 'numactl'],
    containers: {
      first: { image, gpus: undefined, isReadOnly: false },
      main: { image, gpus: undefined, isReadOnly: false },
    },
  });
});

test('planApptainer() takes GPUs, a read-only root, names of hosts from the pod', () => {
  const limits = (resource: string, amount: string) => ({ resources: { limits: { [resource]: amount } } });
  const containers = [
    { name: 'a', ...limits('nvidia.com/gpu', '2'), securityContext: { readOnlyRootFilesystem: true } },
    { name: 'b', ...limits('amd.com/gpu', '1') },
    { name: 'c', ...limits('nvidia.com/gpu', '0') },
  ];
  const hostAliases = [{ ip: '10.0.0.1', hostnames: ['one', 'two'] }, { ip: '10.0.0.2' }];
  const name = `${'a'.repeat(62)}.bcd`;
  const pod: Pod = { metadata: { ...metadata, name }, spec: { containers, hostAliases } };
  const planned = planApptainer(pod, new Map(containers.map(({ name }) => [name, image])), site, options);
  expect(planned.hostname).toBe('a'.repeat(62));
  expect(planned.hostLines).toEqual(['10.0.0.1\tone\ttwo', '10.0.0.2']);
  expect(Object.values(planned.containers).map(({ gpus, isReadOnly }) => [gpus, isReadOnly])).toEqual([
    ['nvidia', true],
    ['amd', false],
    [undefined, false],
  ]);
});
