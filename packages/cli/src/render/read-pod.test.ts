import { describe, expect, test } from 'vitest';
import { readPod } from './read-pod.ts';

const manifest = `
kind: ConfigMap
metadata: { name: other }
---
kind: Pod
metadata: { name: web }
spec:
  containers:
    - name: main
      image: busybox
      env:
        - { name: PLAIN, value: x }
        - { name: HUSH, valueFrom: { secretKeyRef: { name: s, key: k } } }
`;

describe('readPod()', () => {
  test('takes the pod of a manifest, and says what only the cluster could tell', () => {
    const { request, warnings } = readPod(manifest, 'pod.yaml');
    expect(request.pod.metadata).toMatchObject({ name: 'web', namespace: 'default' });
    expect(request.pod.spec.containers[0]?.env).toEqual([{ name: 'PLAIN', value: 'x' }]);
    expect(warnings).toEqual(['container main: left out, since the cluster has the value: HUSH']);
  });

  test('takes the only pod of a list, as kubectl prints one', () => {
    const pod = '{ kind: Pod, metadata: { name: web }, spec: { containers: [{ name: c, image: i }] } }';
    const { request } = readPod(`kind: List\nitems: [${pod}]`, 'pods.yaml');
    expect(request.pod.metadata.name).toBe('web');
  });

  test.each([
    ['kind: List\nitems: []', 'pod.yaml holds no pod: one is wanted'],
    ['kind: Service', 'pod.yaml holds no pod but Service: one is wanted'],
    [`${manifest}\n---${manifest}`, 'pod.yaml holds 2 pods: one is wanted'],
    ['kind: [', 'pod.yaml is no YAML'],
    ['kind: *nothing', 'pod.yaml is no YAML'],
    ['kind: Pod\nmetadata: { name: a/b }\nspec: { containers: [{ name: c }] }', '/pod/metadata/name'],
  ])('refuses %j', (text, message) => {
    expect(() => readPod(text, 'pod.yaml')).toThrow(message);
  });
});
