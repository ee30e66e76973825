import type { HttpGetAction, PodEvent } from '@interlink/protocol';
import type { ActionTarget } from '../actions/action-target.ts';
import { joinHostPort } from '../actions/dial.ts';
import { HttpGetError, httpGet } from '../actions/http/http-get.ts';
import { resolvePort } from '../actions/resolve-port.ts';

/**
 * Sends a GET. Any answer is a success, whatever its status. A server that was to speak TLS and speaks plain HTTP is asked so, without
 * `Authorization`, and the pod is told. @throws Error when there is no answer
 */
export async function httpHook(
  action: HttpGetAction,
  target: ActionTarget,
  { signal, tell }: { readonly signal: AbortSignal; tell(event: PodEvent): void },
): Promise<void> {
  try {
    await get(action, target, signal);
  } catch (error) {
    if (!(error instanceof HttpGetError && error.isNotTls)) throw error;
    const httpHeaders = (action.httpHeaders ?? []).filter(({ name }) => name.toLowerCase() !== 'authorization');
    try {
      await get({ ...action, scheme: 'HTTP', httpHeaders }, target, signal);
    } catch {
      throw error;
    }
    tell(fellBack(joinHostPort(action.host || target.host, resolvePort(action.port, target.container))));
  }
}

async function get(action: HttpGetAction, target: ActionTarget, signal: AbortSignal): Promise<void> {
  const response = await httpGet({ action, target, purpose: 'lifecycle', signal });
  // Read, so that the server can say all of it; nobody wants to know what.
  await response.readBody().catch(() => undefined);
  signal.throwIfAborted();
}

function fellBack(host: string): PodEvent {
  const message = `request to HTTPS lifecycle hook ${host} got HTTP response, retry with HTTP succeeded`;
  return { type: 'Warning', reason: 'LifecycleHTTPFallback', message };
}
