import { setTimeout as delay } from 'node:timers/promises';
import type { PodRequest } from '@interlink/protocol';
import { type Check, checksOf, needsVerb } from '../check.ts';
import type { CheckContext } from '../context.ts';
import { assertSeen, show } from '../failure.ts';
import { expectStatus, expectSuccess } from '../http/answer.ts';
import type { OwnedPods } from '../pods/owned-pods.ts';
import { waitUntil } from '../wait.ts';

/** A container that shows its file looks at it once a second. */
const twoLooksMs = 2_500;

const withText = (text: string, name = 'files', path = 'key') => ({
  name,
  files: [{ path, mode: 0o644, data: Buffer.from(`${text}\n`).toString('base64') }],
});

/** A running pod with the volumes `files` and `others`, whose log shows what its file `files/key` holds. */
async function createShowing(pods: OwnedPods, text: string): Promise<PodRequest> {
  const request = pods.requestOf({ showsFile: 'files/key' });
  const { spec } = request.pod;
  const names = ['files', 'others'];
  spec.volumes = names.map((name) => ({ name, configMap: { name } }));
  for (const container of spec.containers) {
    container.volumeMounts = names.map((name) => ({ name, mountPath: `/${name}` }));
  }
  request.volumes.push(...names.map((name) => withText(text, name)));
  expectSuccess(await pods.put(request));
  return request;
}

async function untilShown({ pods, patienceMs, signal }: CheckContext, { pod }: PodRequest, text: string) {
  const { uid } = pod.metadata;
  return await waitUntil({
    ...{ wanted: `a container of pod ${uid} reads ${JSON.stringify(text)}`, patienceMs, signal },
    look: async () => {
      const seen = (await pods.log(uid)).text;
      return seen.split('\n').includes(text) ? { found: seen, seen } : { seen: show(seen) };
    },
  });
}

/** What containers read of a running pod's volumes can be changed. */
export const volumeChecks: Check[] = checksOf(
  { generation: 'v2', section: 'Volumes', skip: needsVerb('updateVolumes') },
  [
    {
      name: 'volumes-update-reaches-pod',
      summary: 'A running container reads the new content of an updated volume.',
      run: async (context) => {
        const { pods } = context;
        const request = await createShowing(pods, 'first');
        await untilShown(context, request, 'first');
        expectSuccess(await pods.updateVolumes(request.pod.metadata.uid, [withText('second')]));
        await untilShown(context, request, 'second');
      },
    },
    {
      name: 'volumes-update-removes-files',
      summary: 'A file that the update of its volume does not list goes.',
      run: async (context) => {
        const { pods } = context;
        const request = await createShowing(pods, 'first');
        await untilShown(context, request, 'first');
        expectSuccess(await pods.updateVolumes(request.pod.metadata.uid, [withText('x', 'files', 'deep/other')]));
        await untilShown(context, request, 'absent');
      },
    },
    {
      name: 'volumes-update-leaves-others',
      summary: 'A volume that the update does not name stays as it is.',
      run: async (context) => {
        const { pods, signal } = context;
        const request = await createShowing(pods, 'first');
        await untilShown(context, request, 'first');
        expectSuccess(await pods.updateVolumes(request.pod.metadata.uid, [withText('second', 'others')]));
        await delay(twoLooksMs, undefined, { signal });
        const { text } = await pods.log(request.pod.metadata.uid);
        const others = text.split('\n').filter((line) => line !== 'first' && line !== '');
        assertSeen(others.length === 0, 'the volume files as it was', show(others));
      },
    },
    {
      name: 'volumes-update-twice-is-one',
      summary: 'The same update sent again is a success.',
      run: async (context) => {
        const { pods } = context;
        const request = await createShowing(pods, 'first');
        await untilShown(context, request, 'first');
        for (let sent = 0; sent < 2; sent += 1) {
          expectSuccess(await pods.updateVolumes(request.pod.metadata.uid, [withText('second')]));
        }
        await untilShown(context, request, 'second');
      },
    },
    {
      name: 'volumes-update-of-unknown-pod',
      summary: 'The update of a pod that nobody knows is answered with 404.',
      run: async ({ pods }) => {
        const { uid } = pods.requestOf().pod.metadata;
        expectStatus(await pods.updateVolumes(uid, [withText('second')]), [404]);
      },
    },
    {
      name: 'volumes-update-of-unknown-volume',
      summary: 'The update of a volume that the pod does not have is refused with 400.',
      run: async (context) => {
        const { pods } = context;
        const request = await createShowing(pods, 'first');
        await untilShown(context, request, 'first');
        expectStatus(await pods.updateVolumes(request.pod.metadata.uid, [withText('second', 'none')]), [400]);
      },
    },
    {
      name: 'volumes-update-refuses-bad-paths',
      summary: 'Paths that lead out of the volume are refused with 400, and nothing of the update is done.',
      run: async (context) => {
        const { pods } = context;
        const request = await createShowing(pods, 'first');
        await untilShown(context, request, 'first');
        const { uid } = request.pod.metadata;
        for (const path of ['../escaped', '/escaped', 'a/../../escaped', '..', '']) {
          expectStatus(await pods.updateVolumes(uid, [withText('second', 'files', path)]), [400]);
        }
        expectStatus(await pods.updateVolumes(uid, [withText('second', '../files')]), [400]);
      },
    },
    {
      name: 'volumes-update-apart',
      summary: 'An update under another owner is answered with 404.',
      run: async (context) => {
        const { pods, neighbour } = context;
        const request = await createShowing(pods, 'first');
        await untilShown(context, request, 'first');
        expectStatus(await neighbour.updateVolumes(request.pod.metadata.uid, [withText('second')]), [404]);
      },
    },
  ],
);
