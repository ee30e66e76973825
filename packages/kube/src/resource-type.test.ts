import { describe, expect, it } from 'vitest';
import { leases, nodes, pods, resourcePath } from './resource-type.ts';

describe('resourcePath()', () => {
  it.each([
    [pods, {}, '/api/v1/pods'],
    [pods, { namespace: 'a' }, '/api/v1/namespaces/a/pods'],
    [pods, { namespace: 'a', name: 'p.1', subresource: 'status' }, '/api/v1/namespaces/a/pods/p.1/status'],
    [nodes, { name: 'n' }, '/api/v1/nodes/n'],
    [
      leases,
      { namespace: 'kube-node-lease', name: 'n' },
      '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/n',
    ],
    [pods, { namespace: 'a', name: 'system:x?y' }, '/api/v1/namespaces/a/pods/system%3Ax%3Fy'],
  ])('%# gives the path of the API reference', (type, path, expected) => {
    expect(resourcePath(type, path)).toBe(expected);
  });

  it.each(['', '.', '..', 'a/b', 'a%2fb'])('refuses the name "%s"', (name) => {
    expect(() => resourcePath(nodes, { name })).toThrow(`Cannot use "${name}" as a name`);
  });

  it('refuses a namespace that is missing or one too many', () => {
    expect(() => resourcePath(pods, { name: 'p' })).toThrow('its namespace is missing');
    expect(() => resourcePath(nodes, { namespace: 'a', name: 'n' })).toThrow('nodes have no namespace');
  });
});
