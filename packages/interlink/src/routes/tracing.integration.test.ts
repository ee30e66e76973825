import { expect, onTestFinished, test } from 'vitest';
import { TraceCollector } from '../../../../test/testbed/trace-collector.ts';
import { startInterLink } from '../testing/running-interlink.ts';
import { startScriptedSidecar, v2Capabilities } from '../testing/scripted-sidecar.ts';
import { startV1Plugin } from '../testing/v1-plugin.ts';

const traceId = '0af7651916cd43dd8448eb211c80319c';
const traceparent = `00-${traceId}-b7ad6b7169203331-01`;
const uid = '0a1b2c3d-0000-4000-8000-000000000001';
const path = `/v2/clusters/c1/nodes/n1/pods/${uid}`;
const pod = {
  metadata: { name: 'p', namespace: 'ns', uid },
  spec: { containers: [{ name: 'main', image: 'i' }] },
};
const request = {
  method: 'PUT',
  path,
  body: JSON.stringify({ pod, volumes: [] }),
  headers: { 'content-type': 'application/json', traceparent, tracestate: 'vendor=1' },
} as const;

async function startTraced(sidecarPort: number) {
  const collector = await TraceCollector.start();
  onTestFinished(() => collector.close());
  const env = { ENABLE_TRACING: '1', TELEMETRY_ENDPOINT: collector.url };
  return { collector, ...(await startInterLink(sidecarPort, { env })) };
}

test('InterLink that traces hands its own span on to the sidecar, in the caller’s trace', async () => {
  const sidecar = await startScriptedSidecar(({ url }) => ({ body: url === '/v2/capabilities' ? v2Capabilities : {} }));
  const { collector, target, stop } = await startTraced(sidecar.port);
  await (await target.call(request)).body.dump();
  await stop();
  const [span] = collector.spans;
  expect(collector.spans).toMatchObject([{ service: 'interlink', traceId, parentSpanId: 'b7ad6b7169203331' }]);
  expect(sidecar.seen.find(({ url }) => url === path)?.headers).toMatchObject({
    traceparent: `00-${traceId}-${span?.spanId}-01`,
    tracestate: 'vendor=1',
  });
});

test('a v1 plugin gets the trace with the orders, and not with the polls', async () => {
  const plugin = await startV1Plugin();
  const { collector, target, stop } = await startTraced(plugin.port);
  await (await target.call(request)).body.dump();
  await expect
    .poll(() => plugin.seen.filter(({ url, body }) => url === '/status' && body.includes(uid)).length, {
      timeout: 20_000,
    })
    .toBeGreaterThan(2);
  await stop();
  const backend = collector.spans.find(({ name }) => name === 'backend create');
  expect(backend).toMatchObject({
    traceId,
    attributes: { 'k8s.pod.uid': uid, 'k8s.pod.name': 'p', 'k8s.namespace.name': 'ns', 'k8s.node.name': 'n1' },
  });
  const create = plugin.seen.find(({ url }) => url === '/create');
  expect(create?.headers.traceparent).toBe(`00-${traceId}-${backend?.spanId}-01`);
  const polls = plugin.seen
    .slice(plugin.seen.indexOf(create ?? plugin.seen[0] ?? never()) + 1)
    .filter(({ url }) => url === '/status');
  expect(polls.map(({ headers }) => headers.traceparent)).toEqual(polls.map(() => undefined));
});

function never(): never {
  throw new Error('The plugin was asked nothing');
}
