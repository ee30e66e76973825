import { get as getHttp, type IncomingMessage } from 'node:http';
import { get as getHttps } from 'node:https';
import { text } from 'node:stream/consumers';
import { InterLinkError, parseTarget } from '@interlink/protocol';

export interface HealthAnswer {
  readonly status: number;
  readonly text: string;
  /** By the clock of whoever answered. */
  readonly date: string | undefined;
}

const timeoutMs = 5_000;

/**
 * Asks a process of this machine how it is, by the address that it listens on: `http://host:port`, `https://host:port` or `unix:///path`.
 * As a kubelet's probes do, it takes any certificate: it learns nothing but how the process is.
 * @throws InterLinkError `unavailable` when nothing answers within 5 s
 */
export async function askHealth(url: string, path: string): Promise<HealthAnswer> {
  const { origin, socketPath } = parseTarget(url);
  const options = { agent: false, signal: AbortSignal.timeout(timeoutMs) };
  const target = new URL(path, origin);
  try {
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      const request =
        target.protocol === 'https:'
          ? getHttps(target, { ...options, rejectUnauthorized: false }, resolve)
          : getHttp(target, { ...options, ...(socketPath === undefined ? {} : { socketPath }) }, resolve);
      request.once('error', reject);
    });
    return { status: answer.statusCode ?? 0, text: await text(answer), date: answer.headers.date };
  } catch (error) {
    const { message } = InterLinkError.from(error);
    throw new InterLinkError('unavailable', `Nothing answers at ${url}: ${message}`, { cause: error });
  }
}
