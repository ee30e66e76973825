import { expect, test } from 'vitest';
import { findUnsupported } from './find-unsupported.ts';
import { asking, capabilities, newPod } from './testing/pods.ts';

const offer = { capabilities: capabilities(), resources: new Set(['cpu', 'example.com/disk']) };
const itHas = '(it has volumes of the types configMap, secret, emptyDir)';

test.each([
  ['docker', 'hostPath', { hostPath: { path: '/' } }, 'Docker.HostPaths'],
  ['docker', 'persistentVolumeClaim', { persistentVolumeClaim: { claimName: 'c' } }, 'Docker.Claims'],
  ['slurm', 'hostPath', { hostPath: { path: '/' } }, 'Slurm.HostPaths'],
  ['slurm', 'persistentVolumeClaim', { persistentVolumeClaim: { claimName: 'c' } }, 'Slurm.Claims'],
])('findUnsupported() says by which key the administrator of %s can allow a %s', (kind, type, source, key) => {
  const told = { ...offer, capabilities: capabilities({ backend: { kind, version: '1' } }) };
  expect(findUnsupported(newPod({ volumes: [{ name: 'data', ...source }] }), told)).toBe(
    `The backend (${kind}) does not support volume "data" of type ${type} ` +
      `(it has volumes of the types configMap, secret, emptyDir, and its administrator can allow ${type} by the key ${key})`,
  );
});

test.each(['process', 'toString'])('findUnsupported() knows of no key of %s', (kind) => {
  const told = { ...offer, capabilities: capabilities({ backend: { kind, version: '1' } }) };
  expect(findUnsupported(newPod({ volumes: [{ name: 'data', hostPath: { path: '/' } }] }), told)).toBe(
    `The backend (${kind}) does not support volume "data" of type hostPath ${itHas}`,
  );
});

test.each([
  ['csi', { csi: { driver: 'd' } }],
  ['nfs', { nfs: { server: 's', path: '/' } }],
  ['ephemeral', { ephemeral: { volumeClaimTemplate: { spec: {} } } }],
])('findUnsupported() names a volume of type %s', (type, source) => {
  expect(findUnsupported(newPod({ volumes: [{ name: 'data', ...source }] }), offer)).toBe(
    `The backend (docker) does not support volume "data" of type ${type} ${itHas}`,
  );
});

test('findUnsupported() lets through what the backend has, a volume without a type among it', () => {
  const volumes = [{ name: 'a', emptyDir: {} }, { name: 'b', configMap: { name: 'c' } }, { name: 'c' }];
  const containers = [asking('main', { cpu: '99', 'example.com/disk': '9', 'example.com/none': '0' })];
  expect(findUnsupported(newPod({ volumes, containers }), offer)).toBeUndefined();
});

test('findUnsupported() takes what the capabilities newly allow', () => {
  const pod = newPod({ volumes: [{ name: 'data', hostPath: { path: '/' } }] });
  const more = { ...offer, capabilities: capabilities({ volumeTypes: ['hostPath'] }) };
  expect(findUnsupported(pod, more)).toBeUndefined();
  const none = { ...offer, capabilities: capabilities({ volumeTypes: [] }) };
  expect(findUnsupported(pod, none)).toMatch(
    / \(it has no volumes, and its administrator can allow hostPath by the key Docker\.HostPaths\)$/,
  );
});

test('findUnsupported() names all that is wrong at once', () => {
  const containers = [
    asking(
      'main',
      { 'nvidia.com/gpu': '1', 'hugepages-2Mi': '4Mi' },
      { volumeDevices: [{ name: 'd', devicePath: '/dev/x' }] },
    ),
  ];
  const pod = newPod({ containers, resourceClaims: [{ name: 'gpu' }] });
  expect(findUnsupported(pod, offer)).toBe(
    'The backend (docker) does not support raw block devices (volumeDevices of container "main"); ' +
      'dynamic resource claims (spec.resourceClaims); ' +
      'resource nvidia.com/gpu: this node has none; resource hugepages-2Mi: this node has none',
  );
});
