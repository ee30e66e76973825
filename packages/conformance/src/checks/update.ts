import { type PodUpdate, parsePodReport } from '@interlink/protocol';
import { type Check, checksOf, needsVerb } from '../check.ts';
import { assertSeen, show } from '../failure.ts';
import { expectStatus, expectSuccess, jsonOf } from '../http/answer.ts';
import { parseOrFail } from '../http/parse-or-fail.ts';
import { isRunning, type OwnedPods } from '../pods/owned-pods.ts';
import { shellContainer } from '../pods/scene.ts';

type Request = ReturnType<OwnedPods['requestOf']>;

/** A changed spec of a pod that runs: generations, and ephemeral containers, which every cluster has. */
export const updateChecks: Check[] = checksOf({ generation: 'v2', section: 'Update', skip: needsVerb('update') }, [
  {
    name: 'update-acts-on-generation',
    summary:
      'An update is answered with the pod’s report, which shows the generation that is acted on; so does the list.',
    run: async ({ pods }) => {
      const request = await pods.createRunning();
      const answer = expectSuccess(await pods.patch(updateOf(request, 2)));
      const report = parseOrFail(parsePodReport, jsonOf(answer), `${answer.request} answered with a report`);
      const wanted = 'observedGeneration 2';
      assertSeen(report.status.observedGeneration === 2, `an answer with ${wanted}`, show(report.status));
      await pods.until(request, `with ${wanted}`, ({ status }) => status.observedGeneration === 2);
    },
  },
  {
    name: 'update-runs-ephemeral-container',
    summary: 'An ephemeral container of an update runs, and the pod’s own containers go on as they were.',
    run: async ({ pods }) => {
      const request = await pods.createRunning();
      const before = (await pods.until(request, 'running', isRunning)).status.containerStatuses[0];
      expectSuccess(await pods.patch(withDebugger(request, 2)));
      const { status } = await pods.until(request, 'with a running ephemeral container', hasDebugger);
      const after = status.containerStatuses[0];
      const words = [before, after].map((each) => show([each?.state, each?.restartCount]));
      assertSeen(words[0] === words[1], `the container as it was, ${words[0]}`, words[1] ?? '');
    },
  },
  {
    name: 'update-ignores-older',
    summary: 'An update of an older generation than the pod’s succeeds and changes nothing.',
    run: async ({ pods }) => {
      const request = await pods.createRunning();
      expectSuccess(await pods.patch(updateOf(request, 5)));
      expectSuccess(await pods.patch(withDebugger(request, 3)));
      const { status } = await pods.until(request, 'running', isRunning);
      const debuggers = status.ephemeralContainerStatuses?.length ?? 0;
      assertSeen(debuggers === 0, 'no ephemeral container', show(status.ephemeralContainerStatuses));
    },
  },
  {
    name: 'update-refuses-unknown',
    summary: 'An update of a pod that is not there, or is another owner’s, is answered with 404.',
    run: async ({ pods, neighbour }) => {
      expectStatus(await pods.patch(updateOf(pods.requestOf(), 2)), [404]);
      const request = await pods.createRunning();
      expectStatus(await neighbour.patch(updateOf(request, 2)), [404]);
    },
  },
  {
    name: 'update-refuses-bad-body',
    summary: 'An update without a generation, or of another UID than the path names, is refused with 400.',
    run: async ({ pods }) => {
      const request = await pods.createRunning();
      const { pod } = request;
      expectStatus(await pods.patch({ pod }, pod.metadata.uid), [400]);
      expectStatus(await pods.patch(updateOf(pods.requestOf(), 2), pod.metadata.uid), [400]);
    },
  },
]);

function updateOf({ pod }: Request, generation: number): PodUpdate {
  return { pod: { ...pod, metadata: { ...pod.metadata, generation } } };
}

function withDebugger(request: Request, generation: number): PodUpdate {
  const { pod } = updateOf(request, generation);
  const image = pod.spec.containers[0]?.image ?? '';
  const container = { ...shellContainer('debugger', image, 'sleep 1000000'), env: [] };
  return { pod: { ...pod, spec: { ...pod.spec, ephemeralContainers: [container] } } };
}

function hasDebugger({
  status,
}: {
  status: { ephemeralContainerStatuses?: Array<{ state: { running?: object } }> };
}): boolean {
  return status.ephemeralContainerStatuses?.[0]?.state.running !== undefined;
}
