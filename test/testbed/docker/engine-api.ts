import { request } from 'node:http';
import type { Readable } from 'node:stream';

export interface EngineRequest {
  method: 'GET' | 'POST' | 'DELETE';
  /** With its query, such as `/containers/json?all=1`. */
  path: string;
  headers?: Readonly<Record<string, string>>;
  body?: Readable | undefined;
}

export interface EngineResponse {
  status: number;
  text: string;
}

/** Sends one request to a Docker Engine on its socket, without any client of Docker's. */
export function requestEngine(
  socketPath: string,
  { method, path, headers = {}, body }: EngineRequest,
): Promise<EngineResponse> {
  return new Promise((resolve, reject) => {
    const sent = request(
      { socketPath, method, path, agent: false, headers: { Host: 'docker', ...headers } },
      (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          text += chunk;
        });
        response.on('error', reject);
        response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
      },
    );
    sent.on('error', reject);
    if (body === undefined) return sent.end();
    body.on('error', (error) => sent.destroy(error));
    body.pipe(sent);
  });
}

/** As `requestEngine`, for requests that have to succeed; returns the parsed answer. */
export async function requestEngineOrThrow(socketPath: string, engineRequest: EngineRequest): Promise<unknown> {
  const { status, text } = await requestEngine(socketPath, engineRequest);
  if (status >= 300) {
    throw new Error(
      `Docker Engine answered ${engineRequest.method} ${engineRequest.path} with ${status}: ${text.trim()}`,
    );
  }
  return text.startsWith('[') || text.startsWith('{') ? (JSON.parse(text.split('\n')[0] ?? '') as unknown) : text;
}
