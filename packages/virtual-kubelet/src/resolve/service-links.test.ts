import { type Pod, type Service, services } from '@interlink/kube';
import { createLogger } from '@interlink/service-kit';
import { expect, onTestFinished, test } from 'vitest';
import { FakeCluster, refusal } from '../testing/fake-cluster.ts';
import { ServiceLinks } from './service-links.ts';

const service = (namespace: string, name: string): Service => ({
  metadata: { namespace, name, uid: `${namespace}-${name}` },
  spec: { clusterIP: '10.0.0.1', ports: [{ port: 80 }] },
});
const pod = (enableServiceLinks?: boolean): Pod => ({
  metadata: { namespace: 'ns', name: 'p' },
  spec: { containers: [], ...(enableServiceLinks === undefined ? {} : { enableServiceLinks }) },
});

function linksTo(cluster: FakeCluster, namespaces?: readonly string[]): ServiceLinks {
  const links = new ServiceLinks({ client: cluster.asClient(), logger: createLogger('test', 'silent'), namespaces });
  const stop = new AbortController();
  const running = links.run(stop.signal);
  onTestFinished(async () => {
    stop.abort();
    await running;
  });
  return links;
}

async function hostsOf(links: ServiceLinks, of: Pod): Promise<string[]> {
  const env = await links.envOf(of, new AbortController().signal);
  return [...env.keys()].filter((name) => name.endsWith('_SERVICE_HOST'));
}

test('envOf() tells a pod of its namespace’s services and of the API server, and of no other', async () => {
  const cluster = new FakeCluster();
  for (const [namespace = '', name = ''] of [
    ['default', 'kubernetes'],
    ['default', 'other'],
    ['ns', 'web'],
    ['ns2', 'far'],
  ]) {
    cluster.put(services, service(namespace, name));
  }
  const links = linksTo(cluster);
  expect(await hostsOf(links, pod())).toEqual(['KUBERNETES_SERVICE_HOST', 'WEB_SERVICE_HOST']);
  expect(await hostsOf(links, pod(false))).toEqual(['KUBERNETES_SERVICE_HOST']);
  cluster.remove(services, { namespace: 'ns', name: 'web' });
  cluster.put(services, service('ns', 'late'));
  await expect.poll(() => hostsOf(links, pod())).toEqual(['KUBERNETES_SERVICE_HOST', 'LATE_SERVICE_HOST']);
});

test('envOf() lets pods go without when services may not be read', async () => {
  const cluster = new FakeCluster();
  cluster.refuse = (request) =>
    request.startsWith('LIST services') ? refusal(403, 'Forbidden', 'services is forbidden') : undefined;
  expect(await hostsOf(linksTo(cluster), pod())).toEqual([]);
});

test('envOf() ends with its signal while the services are not known', async () => {
  const cluster = new FakeCluster();
  cluster.refuse = (request) => (request.startsWith('LIST services') ? refusal(503, 'x', 'down') : undefined);
  const stop = new AbortController();
  const asked = linksTo(cluster).envOf(pod(), stop.signal);
  stop.abort(new Error('over'));
  await expect(asked).rejects.toThrow('over');
});

test('ServiceLinks of some namespaces asks for no others, but for the API server’s service', async () => {
  const cluster = new FakeCluster();
  for (const [namespace, name] of [
    ['ns', 'web'],
    ['other', 'db'],
    ['default', 'kubernetes'],
    ['default', 'more'],
  ] as const) {
    cluster.put(services, service(namespace, name));
  }
  const links = linksTo(cluster, ['ns']);
  expect(await hostsOf(links, pod())).toEqual(['KUBERNETES_SERVICE_HOST', 'WEB_SERVICE_HOST']);
  expect(cluster.requestsOf('LIST').toSorted()).toEqual(['LIST services/default', 'LIST services/ns']);
});
