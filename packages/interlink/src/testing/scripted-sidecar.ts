import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

export interface SeenRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  /** What came of the body until it was answered. */
  body: string;
}

/** Answers a request after its body was read, by hand or with a status and a body. */
export type Script = (
  request: SeenRequest,
  response: ServerResponse,
) => { status?: number; body: unknown; type?: string } | undefined;

export interface ScriptedSidecar {
  readonly url: string;
  readonly port: number;
  readonly seen: SeenRequest[];
  close(): Promise<void>;
}

/** A peer by hand on a real socket: v1, v2 or none, as the script has it. Ends with the test. */
export async function startScriptedSidecar(script: Script): Promise<ScriptedSidecar> {
  const seen: SeenRequest[] = [];
  const server = createServer((message, response) => void answer(message, response));
  async function answer(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const request = { method: message.method ?? '', url: message.url ?? '', headers: message.headers, body: '' };
    seen.push(request);
    try {
      for await (const chunk of message) request.body += String(chunk);
    } catch {
      // The caller hung up: what came of the body is there.
    }
    const result = script(request, response);
    if (result === undefined) return;
    const text = typeof result.body === 'string' ? result.body : JSON.stringify(result.body);
    response.writeHead(result.status ?? 200, { 'content-type': result.type ?? 'application/json' }).end(text);
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const close = async () => {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    server.closeAllConnections();
    await closed;
  };
  onTestFinished(close);
  return { url: 'http://127.0.0.1', port, seen, close };
}

export const v2Capabilities = {
  protocolVersions: ['v2'],
  backend: { kind: 'scripted', version: '1' },
  verbs: [],
  volumeTypes: [],
  queues: false,
  pools: [],
};
