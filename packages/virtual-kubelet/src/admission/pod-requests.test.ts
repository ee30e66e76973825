import { expect, test } from 'vitest';
import { podRequests } from './pod-requests.ts';
import { asking, newPod } from './testing/pods.ts';

const sidecar = { restartPolicy: 'Always' };
const spec = (more: object) => more as Parameters<typeof newPod>[0];

test.each([
  [
    'the sum of the containers',
    { containers: [asking('a', { cpu: '100m' }), asking('b', { cpu: '1' })] },
    { cpu: 1100 },
  ],
  [
    'an init container that asks for more',
    {
      initContainers: [asking('i', { cpu: '3', memory: '1Mi' })],
      containers: [asking('a', { cpu: '1', memory: '2Mi' })],
    },
    { cpu: 3000, memory: 2_097_152 },
  ],
  [
    'native sidecars beside the containers',
    { initContainers: [asking('s', { cpu: '1' }, sidecar)], containers: [asking('a', { cpu: '1' })] },
    { cpu: 2000 },
  ],
  [
    'an init container with the sidecars started before it, not those after',
    {
      initContainers: [
        asking('s', { cpu: '1' }, sidecar),
        asking('i', { cpu: '4' }),
        asking('t', { cpu: '1' }, sidecar),
      ],
      containers: [asking('a', { cpu: '1' })],
    },
    { cpu: 5000 },
  ],
  [
    'overhead on top',
    { overhead: { cpu: '250m', memory: '1Ki' }, containers: [asking('a', { cpu: '1' })] },
    { cpu: 1250, memory: 1024 },
  ],
  [
    'what the pod as a whole asks for, before its containers, but not for devices',
    {
      resources: { requests: { cpu: '8', 'nvidia.com/gpu': '9' } },
      containers: [asking('a', { cpu: '1', memory: '1Ki', 'nvidia.com/gpu': '2' })],
    },
    { cpu: 8000, memory: 1024, 'nvidia.com/gpu': 2 },
  ],
  ['nothing', { containers: [{ name: 'a' }] }, {}],
])('podRequests() counts %s', (_what, more, wanted) => {
  expect(Object.fromEntries(podRequests(newPod(spec(more))))).toEqual(wanted);
});
