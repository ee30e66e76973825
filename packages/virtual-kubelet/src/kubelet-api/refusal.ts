import type { ServerResponse } from 'node:http';

/** A request that is not met: HTTP status and plain text, as the kubelet answers. The API server forwards the text of 400 and 500 only. */
export interface Refusal {
  status: number;
  text: string;
  headers?: Readonly<Record<string, string | string[]>> | undefined;
}

export function sendRefusal(response: ServerResponse, { status, text, headers }: Refusal): void {
  sendText(response, status, text, headers);
}

/** Sends a whole plain text. */
export function sendText(
  response: ServerResponse,
  status: number,
  text: string,
  headers: Readonly<Record<string, string | string[]>> = {},
): void {
  response.writeHead(status, {
    ...headers,
    'content-type': 'text/plain; charset=utf-8',
    'x-content-type-options': 'nosniff',
    'content-length': Buffer.byteLength(text),
  });
  response.end(text);
}
