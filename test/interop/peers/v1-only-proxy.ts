import { createServer, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream/promises';

export interface V1OnlyProxy extends AsyncDisposable {
  readonly port: number;
  /** The verb and path of each request that was passed on. */
  readonly seen: string[];
  /** From now on it knows v2, too; connections break off, as when a server is replaced. */
  upgrade(): void;
}

/** An InterLink as if it were of a release before v2: what is not v1 it does not know, all else a real one behind it answers. */
export async function startV1OnlyProxy(upstreamPort: number): Promise<V1OnlyProxy> {
  const seen: string[] = [];
  let knowsV2 = false;
  const server = createServer((request, response) => {
    const { method = '', url = '', headers } = request;
    if (!knowsV2 && url.startsWith('/v2/')) {
      response.writeHead(404, { 'content-type': 'text/plain; charset=utf-8' }).end('404 page not found\n');
      return;
    }
    seen.push(`${method} ${url}`);
    const onward = send({ host: '127.0.0.1', port: upstreamPort, method, path: url, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      pipeline(answer, response).catch(() => response.destroy());
    });
    pipeline(request, onward).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    seen,
    upgrade: () => {
      knowsV2 = true;
      server.closeAllConnections();
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
