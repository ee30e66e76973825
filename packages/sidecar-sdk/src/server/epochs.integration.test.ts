import { HttpTarget, InterLinkError, PodClient } from '@interlink/protocol';
import { expect, test } from 'vitest';
import { requestOf } from '../testing/memory-backend.ts';
import { startSidecar } from '../testing/running-sidecar.ts';

const owner = { cluster: 'c1', node: 'n1' };
const request = requestOf('known');
const { uid } = request.pod.metadata;
const stale = { code: 'aborted', reason: 'stale_epoch' };

/** Clients in several epochs for one sidecar; `told` has the epochs that were refused as stale. */
async function startEpochs() {
  const sidecar = await startSidecar();
  const targets: HttpTarget[] = [];
  const told: number[] = [];
  const at = (epoch: number, who = owner) => {
    const fence = { epoch, check: () => undefined, onStale: () => told.push(epoch) };
    const target = new HttpTarget({ url: sidecar.url, fence });
    targets.push(target);
    return new PodClient(target, who);
  };
  const end = async () => {
    await Promise.all(targets.map(async (target) => await target.close()));
    await sidecar[Symbol.asyncDispose]();
  };
  return { sidecar, at, told, [Symbol.asyncDispose]: end };
}

async function codeOf(work: Promise<unknown>): Promise<unknown> {
  return await work.then(
    () => 'done',
    (error: unknown) => InterLinkError.from(error).reason ?? InterLinkError.from(error).code,
  );
}

test('a request of an earlier epoch is refused whatever it asks, and changes nothing', async () => {
  await using site = await startEpochs();
  const { signal } = new AbortController();
  const [old, current] = [site.at(3), site.at(4)];
  await old.createPod(request);
  await current.listPods();
  const outcomes = [
    old.listPods(),
    old.capabilities(),
    old.createPod(requestOf('new')),
    old.adoptPod(request),
    old.deletePod(uid, 0),
    old.logs(uid, 'main', {}, signal),
    old.exec(uid, 'main', { command: ['x'], stdin: false, stdout: true, stderr: false, tty: false }, signal),
    old.portForward(uid, 80, signal),
    old.watchPods({ signal }).next(),
  ];
  expect(await Promise.all(outcomes.map(codeOf))).toEqual(outcomes.map(() => 'stale_epoch'));
  expect(site.told).toEqual(outcomes.map(() => 3));
  expect((await current.listPods()).map((pod) => pod.uid)).toEqual([uid]);
  await expect(old.listPods()).rejects.toMatchObject({
    ...stale,
    message: 'Epoch 3 of node n1 is over: 4 has begun',
  });
});

test('epochs are counted for each owner, and who has none is let in', async () => {
  await using site = await startEpochs();
  await site.at(9).listPods();
  await expect(site.at(1, { cluster: 'c1', node: 'n2' }).listPods()).resolves.toEqual([]);
  await expect(site.at(1, { cluster: 'c2', node: 'n1' }).listPods()).resolves.toEqual([]);
  await expect(site.sidecar.clientOf(owner).listPods()).resolves.toEqual([]);
  await expect(site.at(9).listPods()).resolves.toEqual([]);
  await expect(site.at(8).listPods()).rejects.toMatchObject(stale);
});

test('a stream of an earlier epoch ends when a later one begins', async () => {
  await using site = await startEpochs();
  const { signal } = new AbortController();
  const watching = (async () => {
    for await (const _record of site.at(1).watchPods({ signal }));
  })();
  const other = site.at(2, { cluster: 'c1', node: 'n2' }).watchPods({ signal });
  await other.next();
  await site.at(1).listPods();
  await site.at(2).listPods();
  await watching;
  expect((await other.next()).done).toBe(false);
});

test.each(['', '-1', '1.5', 'one', '1, 2', '9'.repeat(16)])('InterLink-Epoch %j is refused', async (epoch) => {
  await using sidecar = await startSidecar();
  const response = await fetch(`${sidecar.url}/v2/clusters/c1/nodes/n1/pods`, {
    headers: { 'interlink-epoch': epoch },
  });
  expect([response.status, await response.json()]).toMatchObject([400, { code: 'invalid_argument' }]);
});
