import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { kubeletVersion, nodeObject } from './node-object.ts';

test('nodeObject() is what schedulers, API servers and kubectl look for', () => {
  const node = nodeObject(
    {
      name: 'virtual-1',
      labels: { pool: 'gpu', type: 'mine' },
      taints: [{ key: 'k', effect: 'NoSchedule' }],
      capacity: { cpu: '8', memory: '16Gi' },
      internalIP: '192.0.2.7',
      kubeletPort: 10250,
      operatingSystem: 'Linux',
      containerRuntimeVersion: 'docker://29.0.0',
    },
    [],
  );
  expect(node).toMatchObject({
    kind: 'Node',
    metadata: {
      name: 'virtual-1',
      labels: {
        'kubernetes.io/hostname': 'virtual-1',
        'kubernetes.io/os': 'linux',
        'kubernetes.io/arch': expect.stringMatching(/^(amd64|arm64)$/),
        'kubernetes.io/role': 'agent',
        'node.kubernetes.io/exclude-from-external-load-balancers': 'true',
        'virtual-node.interlink/type': 'virtual-kubelet',
        pool: 'gpu',
        // The administrator's word goes before ours.
        type: 'mine',
      },
    },
    spec: { taints: [{ key: 'k', effect: 'NoSchedule' }] },
    status: {
      capacity: { cpu: '8', memory: '16Gi' },
      allocatable: { cpu: '8', memory: '16Gi' },
      addresses: [{ type: 'InternalIP', address: '192.0.2.7' }],
      daemonEndpoints: { kubeletEndpoint: { Port: 10250 } },
      nodeInfo: { operatingSystem: 'linux', containerRuntimeVersion: 'docker://29.0.0' },
    },
  });
  // Declared, it would make the API server talk another protocol to the kubelet port.
  expect(node.status).not.toHaveProperty('declaredFeatures');
});

test('nodeObject() leaves out what a restricted node may not call itself', () => {
  const description = {
    name: 'n',
    labels: { pool: 'gpu', 'node-role.kubernetes.io/gpu': '' },
    taints: [],
    capacity: {},
    internalIP: '192.0.2.7',
    kubeletPort: 10250,
    operatingSystem: 'Linux',
    containerRuntimeVersion: 'docker://29.0.0',
  };
  const labelsOf = (isRestricted: boolean) =>
    Object.keys(nodeObject({ ...description, isRestricted }, []).metadata?.labels ?? {});
  const left = labelsOf(true);
  expect(left).toEqual(
    expect.arrayContaining(['pool', 'type', 'kubernetes.io/hostname', 'virtual-node.interlink/type']),
  );
  expect(labelsOf(false).filter((key) => !left.includes(key))).toEqual([
    'kubernetes.io/role',
    'node-role.kubernetes.io/gpu',
  ]);
});

test('kubeletVersion parses as a version with a suffix: our own', async () => {
  const { version } = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8'));
  expect(kubeletVersion).toMatch(/^v1\.\d+\.\d+-interlink-/);
  expect(kubeletVersion.endsWith(`-interlink-${version}`)).toBe(true);
});
