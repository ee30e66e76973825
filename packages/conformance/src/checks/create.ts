import { parsePodReport } from '@interlink/protocol';
import { type Check, checksOf } from '../check.ts';
import { assertSeen, show } from '../failure.ts';
import { expectStatus, expectSuccess, isSuccess, jsonOf, summarise } from '../http/answer.ts';
import { parseOrFail } from '../http/parse-or-fail.ts';
import { hasEnded, isRunning } from '../pods/owned-pods.ts';
import { shellContainer } from '../pods/scene.ts';

/** One pod per UID, however often it is asked for. */
export const createChecks: Check[] = checksOf({ generation: 'v2', section: 'Create' }, [
  {
    name: 'create-runs-pod',
    summary: 'A created pod is in the list at once, and runs.',
    run: async ({ pods }) => {
      const request = pods.requestOf();
      expectStatus(await pods.put(request), [201, 202]);
      const { uid } = request.pod.metadata;
      assertSeen((await pods.find(uid)) !== undefined, 'the list shows a pod that was created', 'the list lacks it');
      await pods.until(request, 'running', isRunning);
    },
  },
  {
    name: 'create-answers-report',
    summary: 'A create answers with the first report of the pod that was asked for.',
    run: async ({ pods }) => {
      const request = pods.requestOf();
      const answer = expectSuccess(await pods.put(request));
      const { uid, namespace, name } = parseOrFail(
        parsePodReport,
        jsonOf(answer),
        `${answer.request} answered with a report`,
      );
      const wanted = request.pod.metadata;
      const isIt = uid === wanted.uid && namespace === wanted.namespace && name === wanted.name;
      assertSeen(isIt, `a report of ${wanted.namespace}/${wanted.name} ${wanted.uid}`, `${namespace}/${name} ${uid}`);
    },
  },
  {
    name: 'create-twice-is-one',
    summary: 'The same create sent again succeeds and leaves the pod as it is.',
    run: async ({ pods }) => {
      const request = await pods.create({ lines: ['started'] });
      const before = await pods.until(request, 'running', isRunning);
      expectSuccess(await pods.put(request));
      const after = await pods.until(request, 'running', isRunning);
      const states = [before, after].map(({ status }) => status.containerStatuses[0]?.state);
      assertSeen(show(states[0]) === show(states[1]), `the container in the state ${show(states[0])}`, show(states[1]));
    },
  },
  {
    name: 'create-raced-is-one',
    summary: 'The same create sent 20 times at once succeeds and yields one pod.',
    run: async ({ pods }) => {
      const request = pods.requestOf();
      const { uid } = request.pod.metadata;
      const answers = await Promise.all(Array.from({ length: 20 }, async () => await pods.put(request)));
      for (const answer of answers) expectSuccess(answer);
      await pods.until(request, 'running', isRunning);
      const count = (await pods.list()).filter((report) => report.uid === uid).length;
      assertSeen(count === 1, `one pod ${uid} in the list`, String(count));
    },
  },
  {
    name: 'create-after-end-runs-nothing',
    summary: 'The create of a pod that has ended, sent again, does not run it again.',
    run: async ({ pods }) => {
      const { request, report } = await pods.createEnded({});
      expectSuccess(await pods.put(request));
      const again = await pods.find(request.pod.metadata.uid);
      const finishedAt = report.status.containerStatuses[0]?.state.terminated?.finishedAt;
      const isSame = again !== undefined && hasEnded(again);
      assertSeen(isSame, `the pod that ended at ${finishedAt}`, show(again?.status ?? 'no such pod in the list'));
    },
  },
  {
    name: 'create-runs-all-containers',
    summary:
      'Init containers end one after the other before the containers run; all are reported, in the order of the pod.',
    run: async ({ pods }) => {
      const request = pods.requestOf();
      const { spec } = request.pod;
      const [main] = spec.containers;
      const image = main?.image ?? '';
      spec.containers.push(shellContainer('second', image, 'sleep 1000000'));
      spec.initContainers = ['first-init', 'second-init'].map((name) => shellContainer(name, image, 'exit 0'));
      expectSuccess(await pods.put(request));
      const { status } = await pods.until(request, 'running in both containers', (report) => {
        const { containerStatuses } = report.status;
        return containerStatuses.length > 0 && containerStatuses.every(({ state }) => state.running !== undefined);
      });
      const names = [status.initContainerStatuses ?? [], status.containerStatuses].map((list) =>
        list.map(({ name }) => name),
      );
      assertSeen(
        show(names) ===
          show([
            ['first-init', 'second-init'],
            ['main', 'second'],
          ]),
        'statuses of first-init and second-init, and of main and second',
        show(names),
      );
      const unfinished = status.initContainerStatuses?.filter(({ state }) => state.terminated?.exitCode !== 0) ?? [];
      assertSeen(unfinished.length === 0, 'init containers that ended with 0', show(unfinished));
    },
  },
  {
    name: 'create-refuses-other-uid',
    summary: 'A create whose path and body name different UIDs is refused with 400.',
    run: async ({ pods }) => {
      const other = pods.requestOf().pod.metadata.uid;
      expectStatus(await pods.put(pods.requestOf(), other), [400]);
    },
  },
  {
    name: 'create-refuses-empty-pod',
    summary: 'A pod without containers is refused with 400.',
    run: async ({ pods }) => {
      const request = pods.requestOf();
      request.pod.spec.containers = [];
      expectStatus(await pods.put(request), [400]);
    },
  },
  {
    name: 'create-refuses-bad-names',
    summary:
      'Names that Kubernetes would not take, `../` above all, are refused with 400 before anything is made of them.',
    run: async ({ pods }) => {
      for (const spoiled of [{ name: '../../escaped' }, { namespace: 'a/b' }]) {
        const request = pods.requestOf();
        Object.assign(request.pod.metadata, spoiled);
        expectStatus(await pods.put(request), [400]);
      }
      const request = pods.requestOf();
      Object.assign(request.pod.spec.containers[0] ?? {}, { name: '../main' });
      expectStatus(await pods.put(request), [400]);
      // A server may find no route for such a path at all.
      const path = await pods.put(pods.requestOf(), '..%2F..%2Fescaped');
      assertSeen(path.status === 400 || path.status === 404, `${path.request} answered 400 or 404`, summarise(path));
    },
  },
  {
    name: 'create-refuses-broken-json',
    summary: 'A body that is no JSON is refused with 400.',
    run: async ({ pods, caller, signal }) => {
      const path = `${pods.path}/${pods.requestOf().pod.metadata.uid}`;
      expectStatus(await caller.ask({ method: 'PUT', path, body: '{"pod": ' }, signal), [400]);
    },
  },
  {
    name: 'create-takes-announced-volumes',
    summary: 'A pod with volumes of the types that the capabilities announce is accepted.',
    skip: ({ capabilities }) =>
      capabilities?.volumeTypes.some(isFileType) === false
        ? 'the capabilities announce no volumes of files'
        : undefined,
    run: async ({ pods, site }) => {
      const announced = site.capabilities?.volumeTypes ?? ['emptyDir'];
      for (const type of announced.filter(isFileType)) {
        const request = pods.requestOf();
        const [container] = request.pod.spec.containers;
        request.pod.spec.volumes = [{ name: 'files', [type]: {} }];
        if (container !== undefined) container.volumeMounts = [{ name: 'files', mountPath: '/files' }];
        if (type !== 'emptyDir')
          request.volumes.push({ name: 'files', files: [{ path: 'key', mode: 0o644, data: 'dmFsdWU=' }] });
        const answer = await pods.put(request);
        assertSeen(isSuccess(answer), `a pod with a volume of the announced type ${type} accepted`, summarise(answer));
      }
    },
  },
]);

/** Volumes that need nothing at the site. */
function isFileType(type: string): boolean {
  return ['emptyDir', 'configMap', 'secret', 'downwardAPI', 'projected'].includes(type);
}
