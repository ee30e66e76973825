import type Docker from 'dockerode';
import { expect, test } from 'vitest';
import { renderLabels } from '../identity/labels.ts';
import { toEngineContainer } from '../status/engine-container.ts';
import { toRuntimePod } from './to-runtime-pod.ts';

const spec = { restartPolicy: 'Never' as const, containers: [{ name: 'main', image: 'i' }] };
const labels = { owner: { cluster: 'c', node: 'n' }, uid: 'u', namespace: 'ns', name: 'p', generation: 1, spec };
const identity = { kind: 'container', container: 'main', position: 0, attempt: 0, failuresBefore: 0 } as const;
const [never, startedAt, finishedAt] = ['0001-01-01T00:00:00Z', '2027-01-01T00:00:00Z', '2027-01-01T00:00:09Z'];

function stateOf(State: Partial<Docker.ContainerInspectInfo['State']>) {
  const inspected = {
    ...{ Id: 'c0', Created: startedAt, HostConfig: {}, NetworkSettings: {} },
    State: { ExitCode: 0, OOMKilled: false, Error: '', ...State },
    Config: { Labels: renderLabels(labels, { ...identity, image: 'i', imageId: 'i', devices: [] }) },
  } as unknown as Docker.ContainerInspectInfo;
  const container = toEngineContainer(inspected)?.container;
  if (container === undefined) throw new Error('labels of ours');
  return toRuntimePod({ pod: labels, sandbox: undefined, containers: [container] }, undefined).attempts[0]?.state;
}

test.each([
  ['created', never, never, { kind: 'created' }],
  ['running', startedAt, never, { kind: 'running', startedAt }],
  ['exited', startedAt, finishedAt, { kind: 'ended', ending: { exitCode: 0, startedAt, finishedAt } }],
])(
  'toRuntimePod() takes a container %s that was started at %s for what it is',
  (Status, StartedAt, FinishedAt, state) => {
    expect(stateOf({ Status, StartedAt, FinishedAt })).toEqual(state);
  },
);

test('toRuntimePod() takes a container for ended that Podman has set back after the machine came up again: it ran', () => {
  expect(stateOf({ Status: 'created', StartedAt: startedAt, FinishedAt: never })).toMatchObject({
    kind: 'ended',
    ending: { exitCode: 137, reason: 'ContainerStatusUnknown', startedAt },
  });
});
