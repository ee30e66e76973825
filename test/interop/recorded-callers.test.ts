import { join } from 'node:path';
import { HttpTarget, type Pod, type V1PodStatus } from '@interlink/protocol';
import { describe, expect, test } from 'vitest';
import { type SidecarUnderTest, startSidecarProcess } from '../conformance/sidecar-process.ts';
import { waitFor } from '../testbed/index.ts';
import { findFreePorts } from '../testbed/process/free-ports.ts';
import { SitePart } from '../testbed/site/site-part.ts';
import { begin, type Conversation, type Exchange, recorded, say, statusesOf } from './recordings.ts';

const timeout = 240_000;
const notYet = 422;
/** What runs commands on this machine listens on a socket of its account only. */
const sidecars = [
  { name: 'mock-sidecar', isUnix: false },
  { name: 'process-sidecar', isUnix: true },
];

/** The one state that each container is in. */
const statesOf = ({ containers }: V1PodStatus) => (containers ?? []).flatMap(({ state }) => Object.keys(state));

/** Says the whole conversation to one of our servers, in its order, and looks at each answer. */
async function replay(target: HttpTarget, name: Conversation): Promise<void> {
  const conversation = recorded(name);
  const follows: Array<Promise<string>> = [];
  for (const exchange of conversation) {
    if (isFollowing(exchange)) {
      const { statusCode, body } = await begin(target, exchange);
      expect(statusCode).toBe(200);
      follows.push(body.text());
    } else await judge(target, exchange);
  }
  // The pod that was followed is deleted at the end, and with it ends its log.
  expect(await Promise.all(follows)).toHaveLength(1);
}

const isFollowing = ({ path, request }: Exchange) =>
  path === '/getLogs' && (request as { Opts: { Follow: boolean } }).Opts.Follow;

async function judge(target: HttpTarget, exchange: Exchange): Promise<void> {
  const { path, request, status: then } = exchange;
  if (path === '/status' && Array.isArray(request) && request.length > 0) return await untilRunning(target, exchange);
  // Then the container had started when its log was asked for.
  const { status, text } = await waitFor(`${path} to be answered with anything but "not yet"`, async () => {
    const answer = await say(target, exchange);
    return answer.status === notYet ? undefined : answer;
  });
  expect([path, status]).toEqual([path, then]);
  switch (path) {
    case '/create': {
      const { PodUID, PodJID } = JSON.parse(text) as Record<string, unknown>;
      expect(PodUID).toBe((exchange.response as { PodUID: string }).PodUID);
      expect(PodJID).toMatch(/./);
      break;
    }
    case '/delete':
      expect(text).toBe('{}');
      break;
    case '/pinglink':
    case '/status':
      expect(JSON.parse(text)).toMatchObject({ status: 'ok', resources: { pods: expect.any(String) } });
      break;
    case '/getLogs':
      expect(text).toEqual(expect.any(String));
      break;
    default:
      throw new Error(`Nobody has said what ${path} is to be answered with`);
  }
}

/** Then it had run for a while; here it has just begun. */
async function untilRunning(target: HttpTarget, exchange: Exchange): Promise<void> {
  const [then] = exchange.response as V1PodStatus[];
  await waitFor(`pod ${then?.name} to run, or to have run`, async () => {
    const { status, text } = await say(target, exchange);
    expect(status).toBe(200);
    const [now] = statusesOf(text);
    expect(now).toMatchObject({ name: then?.name, UID: then?.UID, namespace: then?.namespace });
    // Its sidecar told of no init containers; ours tells of all that were asked for.
    const [{ spec }] = exchange.request as [Pod];
    expect(now?.containers?.map(({ name }) => name)).toEqual(spec.containers.map(({ name }) => name));
    expect(now?.initContainers?.map(({ name }) => name)).toEqual((spec.initContainers ?? []).map(({ name }) => name));
    return now !== undefined && !statesOf(now).includes('waiting');
  });
}

/** InterLink before that sidecar, of the same account. */
async function startInterLink(sidecar: SidecarUnderTest) {
  const [port = 0] = await findFreePorts(1);
  const home = join(sidecar.tokenFile, '../../..');
  const env = { PATH: process.env.PATH ?? '', HOME: home, INTERLINKPORT: String(port), SIDECARURL: sidecar.url };
  const interlink = new SitePart({ name: 'interlink', args: [], env, directory: home });
  await interlink.start('listening');
  return { url: `http://127.0.0.1:${port}`, [Symbol.asyncDispose]: async () => await interlink.stop() };
}

async function whenReady(url: string, sidecar: SidecarUnderTest): Promise<HttpTarget> {
  const target = new HttpTarget({ url, token: url.startsWith('unix:') ? undefined : sidecar.token });
  const isReady = async () => {
    const { statusCode, body } = await target.send({ method: 'GET', path: '/readyz' });
    await body.dump();
    return statusCode === 200;
  };
  await waitFor(`${url} to be ready`, isReady, { timeoutMs: 100_000 });
  return target;
}

describe.each(sidecars)('the $name', ({ name, isUnix }) => {
  test('serves a recorded InterLink server of another release', { timeout }, async () => {
    await using sidecar = await startSidecarProcess(name, { isUnix });
    const target = await whenReady(sidecar.url, sidecar);
    await replay(target, 'interlink-to-sidecar');
    await target.close();
  });

  test('serves a recorded virtual kubelet of another release, through our InterLink', { timeout }, async () => {
    await using sidecar = await startSidecarProcess(name, { isUnix });
    await (await whenReady(sidecar.url, sidecar)).close();
    await using interlink = await startInterLink(sidecar);
    const target = await whenReady(interlink.url, sidecar);
    await replay(target, 'virtual-kubelet-to-interlink');
    await target.close();
  });
});
