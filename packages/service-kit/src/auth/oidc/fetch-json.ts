import { readFile } from 'node:fs/promises';
import { request as requestPlain } from 'node:http';
import { request as requestTls } from 'node:https';
import { InterLinkError } from '@interlink/protocol';

/** An issuer that takes longer is away. */
const timeoutMs = 5_000;
/** Discovery documents and key sets are a few KiB. */
const maxBytes = 256 * 1024;

/**
 * Reads JSON from an issuer, over TLS or on loopback; follows no redirect. @param caFile PEM file to trust instead of the system's
 * CAs, read each time. @throws InterLinkError `unavailable` that names the URL and the reason
 */
export async function fetchJson(url: URL, caFile?: string): Promise<unknown> {
  assertSafe(url);
  try {
    const ca = caFile === undefined ? {} : { ca: await readFile(caFile) };
    return JSON.parse(await fetchText(url, ca));
  } catch (error) {
    throw new InterLinkError('unavailable', `Cannot read ${url.href}: ${InterLinkError.from(error).message}`, {
      cause: error,
    });
  }
}

/** @throws InterLinkError `invalid_argument` for a URL that somebody between could answer */
export function assertSafe(url: URL): void {
  const isLoopback = /^(127(\.\d+){3}|\[::1\]|localhost)$/.test(url.hostname);
  if (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback)) return;
  throw new InterLinkError('invalid_argument', `${url.href} is not at https://, nor at http:// on loopback`);
}

async function fetchText(url: URL, options: { ca?: Buffer }): Promise<string> {
  const request = url.protocol === 'https:' ? requestTls : requestPlain;
  return await new Promise<string>((resolve, reject) => {
    const signal = AbortSignal.timeout(timeoutMs);
    const sent = request(url, { ...options, signal, agent: false, headers: { accept: 'application/json' } });
    sent.once('error', reject);
    sent.once('response', (response) => {
      const chunks: Buffer[] = [];
      let size = 0;
      response.once('error', reject);
      response.on('data', (chunk: Buffer) => {
        size += chunk.length;
        chunks.push(chunk);
        if (size > maxBytes) response.destroy(new Error(`it is larger than ${maxBytes} bytes`));
      });
      response.once('end', () => {
        if (response.statusCode === 200) resolve(Buffer.concat(chunks).toString('utf8'));
        else reject(new Error(`it answers ${response.statusCode}`));
      });
    });
    sent.end();
  });
}
