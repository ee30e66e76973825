import type { Pod } from '@interlink/kube';
import { expect, test } from 'vitest';
import { type Answer, kubeconfigFor, serveOnLoopback } from '../testing/loopback-server.ts';
import { inLines, runCheck } from '../testing/run-check.ts';
import { runPod } from './run-pod.ts';

/** As an API server answers a create. */
function created(pod: Pod): Pod {
  return { ...pod, metadata: { ...pod.metadata, uid: '00000000-0000-4000-8000-000000000001' } };
}

/** An API server at which every pod gets this status, and has this log. */
async function look(status: object, log: Answer) {
  let pod: object = {};
  let isDeleted = false;
  const { port, asked } = await serveOnLoopback((path, body, { method }) => {
    if (path.includes('/log')) return log;
    if (path.includes('/events'))
      return { body: { kind: 'EventList', items: [{ reason: 'Failed', message: 'no such image' }] } };
    if (method !== 'GET') {
      if (method === 'POST') pod = created(JSON.parse(body));
      isDeleted ||= method === 'DELETE';
      return { body: pod };
    }
    if (isDeleted)
      return { status: 404, body: { kind: 'Status', code: 404, reason: 'NotFound', message: 'not found' } };
    return { body: `${JSON.stringify({ type: 'ADDED', object: { ...pod, status } })}\n` };
  });
  const findings = await runCheck(runPod, {
    ...{ side: 'cluster', config: {}, nodename: 'node-1', kubeconfig: kubeconfigFor(port), podImage: 'busybox:latest' },
  });
  return { findings, asked };
}

const succeeded = { phase: 'Succeeded' };

test('run-pod is ok when the pod succeeds and its log comes back, and removes it', async () => {
  const { findings, asked } = await look(succeeded, { body: 'hello from interlink doctor\n' });
  expect(inLines(findings)).toEqual(['ok: a pod ran on node-1, its log came back, and it went']);
  expect(asked).toContainEqual(
    expect.stringMatching(/^DELETE \/api\/v1\/namespaces\/default\/pods\/interlink-doctor-\w{8}$/),
  );
});

test('run-pod fails when the pod fails, with its last event, and removes it all the same', async () => {
  const { findings, asked } = await look({ phase: 'Failed' }, { body: '' });
  expect(inLines(findings)).toEqual([expect.stringMatching(/^problem: the pod .* Failed: no such image$/)]);
  expect(asked.at(-1)).toMatch(/^DELETE /);
});

test('run-pod fails when the log does not come back', async () => {
  const { findings } = await look(succeeded, { status: 502, body: 'dial tcp: connection refused' });
  expect(inLines(findings)).toEqual([
    expect.stringMatching(/^problem: a pod ran on node-1, and its log did not come back/),
  ]);
});

test('run-pod makes nothing unless it is asked to', async () => {
  const { port, asked } = await serveOnLoopback(() => ({ body: {} }));
  const findings = await runCheck(runPod, { side: 'cluster', config: {}, kubeconfig: kubeconfigFor(port) });
  expect(inLines(findings)).toEqual(['skipped: no pod was asked for: --run-pod']);
  expect(asked).toEqual([]);
});
