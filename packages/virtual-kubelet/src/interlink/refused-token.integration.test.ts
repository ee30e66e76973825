import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { HttpTarget, InterLinkError } from '@interlink/protocol';
import { createLogger, noToken } from '@interlink/service-kit';
import { expect, onTestFinished, test } from 'vitest';
import { InterLinkLink } from './interlink-link.ts';
import { InterLinkProvider } from './interlink-provider.ts';

async function ask(status: number, token: () => Promise<string> = async () => 'a-token') {
  const server = createServer((_request, response) => void response.writeHead(status).end('<html>Sign In'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  let refusals = 0;
  const onUnauthenticated = () => {
    refusals += 1;
  };
  const target = new HttpTarget({ url, token, onUnauthenticated });
  onTestFinished(async () => {
    await target.close();
    server.close();
  });
  const link = new InterLinkLink(target, createLogger('test', 'silent'), new AbortController().signal, 0);
  const pods = new InterLinkProvider(link, { cluster: 'c', node: 'n' }, 'the token of the file /etc/vk/token');
  const watching = pods.watchPods({ signal: AbortSignal.timeout(10_000) });
  const error = await watching.next().catch((thrown: unknown) => thrown);
  return { url, pods, error, refusals };
}

test.each([
  [401, 'unauthenticated'],
  [403, 'permission_denied'],
])(
  'watchPods() that is answered %i names the token’s file; other calls, whose errors pods’ authors see, do not',
  async (status, code) => {
    const { url, pods, error } = await ask(status);
    const told = `${url} refuses to say what it can do: The peer answered ${status} with a page: Sign In`;
    expect(error).toMatchObject({
      code,
      message: `${url} does not take the token of the file /etc/vk/token: ${told}`,
    });
    await expect(pods.deletePod('u', 0)).rejects.toMatchObject({ code, message: told });
  },
);

test('a token that is refused before anything else was answered is told to whoever renews it', async () => {
  expect((await ask(401)).refusals).toBe(1);
  expect((await ask(403)).refusals).toBe(0);
});

test('watchPods() says nothing of the token when it is not about that', async () => {
  const { url, error } = await ask(502);
  const message = `${url} refuses to say what it can do: The peer answered 502 with a page: Sign In`;
  expect(error).toMatchObject({ code: 'unavailable', message });
});

test('watchPods() without a token says that there is none, and not that it was refused', async () => {
  const missing = new InterLinkError('unauthenticated', 'there is no token', { reason: noToken });
  const { error } = await ask(200, async () => await Promise.reject(missing));
  expect(error).toMatchObject({ code: 'unauthenticated', message: 'there is no token' });
});
