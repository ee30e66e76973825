import type { Pod } from '@interlink/kube';
import type { PodReport } from '@interlink/protocol';
import { expect, test } from 'vitest';
import type { MissingObject } from '../resolve/resolve-error.ts';
import { somePod } from '../resolve/testing/pods.ts';
import { PullSecrets } from './pull-secrets.ts';

const uid = '11111111-2222-4333-8444-555555555555';
const pod: Pod = somePod({}, { imagePullSecrets: [{ name: 'login' }, { name: 'late' }, { name: 'login' }, {}] });

function reportOf(reason: string | undefined): PodReport {
  const state = reason === undefined ? { running: {} } : { waiting: { reason } };
  const containerStatuses = [{ name: 'main', image: 'app', imageID: '', ready: false, restartCount: 0, state }];
  return { uid, namespace: 'ns', name: 'pod', status: { containerStatuses } };
}

function start() {
  const waiting = new Map<string, { objects: readonly MissingObject[]; onAppear: (id: string) => void }>();
  const secrets = new PullSecrets({
    wait: (id, objects, onAppear) => void waiting.set(id, { objects, onAppear }),
    release: (id) => void waiting.delete(id),
  });
  let changes = 0;
  const follow = (reason: string | undefined, of = pod) =>
    secrets.follow(uid, of, reportOf(reason), () => {
      changes += 1;
    });
  return { secrets, follow, watched: () => [...waiting.values()], changes: () => changes };
}

test('PullSecrets watches a pod’s Secrets while its image can’t be had, from the versions that the backend knows', () => {
  const { secrets, follow, watched, changes } = start();
  secrets.created(
    uid,
    pod,
    new Map([
      ['Secret/ns/login', '7'],
      ['Secret/ns/late', undefined],
    ]),
  );
  follow('ContainerCreating');
  expect(watched()).toEqual([]);
  follow('ErrImagePull');
  follow('ImagePullBackOff');
  const secret = { kind: 'Secret', namespace: 'ns' };
  expect(watched()).toMatchObject([
    {
      objects: [
        { ...secret, name: 'login', seen: '7' },
        { ...secret, name: 'late' },
      ],
    },
  ]);
  expect(watched()[0]?.objects[1]).not.toHaveProperty('seen');
  watched()[0]?.onAppear('');
  expect(changes()).toBe(1);
  follow(undefined);
  expect(watched()).toEqual([]);
  follow('ErrImageNeverPull');
  expect(watched()).toHaveLength(1);
  secrets.release(uid);
  expect(watched()).toEqual([]);
});

test('PullSecrets watches nothing for a pod without Secrets, nor for another trouble', () => {
  const { follow, watched } = start();
  follow('ErrImagePull', somePod());
  follow('RegistryUnavailable');
  expect(watched()).toEqual([]);
});
