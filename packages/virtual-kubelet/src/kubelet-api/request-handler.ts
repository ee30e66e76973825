import type { IncomingMessage, ServerResponse } from 'node:http';
import type { HttpMetrics } from '../metrics/http-metrics.ts';
import type { Authorize } from './authorize.ts';
import { type LogSource, sendContainerLog } from './container-log.ts';
import { readCredentials } from './credentials.ts';
import { answerMetrics, type MetricsSource } from './metrics-handler.ts';
import { listPods, listRunningPods, type PodList } from './pod-list.ts';
import { sendRefusal, sendText } from './refusal.ts';
import { findRoute, type Route, requiredAccess } from './routes.ts';
import { answerRun } from './run-handler.ts';
import type { StreamSource } from './stream-call.ts';
import { answerStream } from './stream-handler.ts';
import type { HandleRequest, Upgrade } from './upgrade-handler.ts';

export interface RequestHandlerOptions extends LogSource, StreamSource {
  /** Without it the node has neither metrics nor statistics. */
  metrics?: MetricsSource | undefined;
  /** Counts the requests. */
  requests?: HttpMetrics | undefined;
  authorize: Authorize;
  /** False as long as there is no CA to verify client certificates with: nobody is let in then. */
  hasClientCa(): boolean;
}

/** Answers the kubelet's requests. Nothing is answered before the sender is known and allowed, not even that a path does not exist. */
export function createRequestHandler(options: RequestHandlerOptions): HandleRequest {
  return async (request, response, upgrade) => {
    const startedAt = performance.now();
    const method = request.method ?? '';
    const [path = '', query = ''] = splitTarget(request.url ?? '');
    const end = options.requests?.begin(method, findRoute(path)?.name);
    try {
      (upgrade === undefined ? response : request.socket).once('close', () => end?.());
      const user = await admit(request, response, { ...options, path });
      (upgrade === undefined ? response : request.socket).once('close', () => {
        const durationMs = Math.round(performance.now() - startedAt);
        const status = isTaken(response) ? 101 : response.statusCode;
        options.logger.debug({ method, path, user, status, durationMs }, 'kubelet request');
      });
      if (user !== undefined) await answer(response, { method, path, query, request, upgrade }, options);
    } catch (error) {
      options.logger.warn({ err: error, method, path }, 'cannot answer a kubelet request');
      if (response.headersSent || isTaken(response)) request.socket.destroy();
      else sendRefusal(response, { status: 500, text: 'Internal Server Error' });
    }
  };
}

/** Whether the connection speaks another protocol by now. */
function isTaken(response: ServerResponse): boolean {
  return !response.headersSent && response.socket === null;
}

/** @returns the user, or undefined when the request was refused */
async function admit(
  request: IncomingMessage,
  response: ServerResponse,
  { authorize, hasClientCa, path }: RequestHandlerOptions & { path: string },
): Promise<string | undefined> {
  const credentials = hasClientCa() ? readCredentials(request) : {};
  const { user, refusal } = await authorize(credentials, requiredAccess(request.method ?? '', path));
  if (refusal === undefined) return user;
  // A body that nobody will read must not be waited for.
  sendRefusal(response, { ...refusal, headers: { connection: 'close' } });
  return undefined;
}

interface Target {
  method: string;
  path: string;
  query: string;
  request: IncomingMessage;
  upgrade: Upgrade | undefined;
}

async function answer(response: ServerResponse, target: Target, source: RequestHandlerOptions): Promise<void> {
  const { method, path, query, request, upgrade } = target;
  const route = findRoute(path);
  if (route === undefined) return sendText(response, 404, '404 page not found');
  if (!route.methods.includes(method)) {
    return sendText(response, 405, 'Method Not Allowed', { allow: route.methods.join(', ') });
  }
  switch (route.name) {
    case 'healthz':
      return sendText(response, 200, 'ok');
    case 'pods':
      return sendJson(response, listPods(source.pods));
    case 'runningPods':
      return sendJson(response, listRunningPods(source.pods));
    case 'containerLogs':
      return sendContainerLog({ ...podAndContainer(route), query }, response, source);
    case 'exec':
    case 'attach':
    case 'portForward':
      return answerStream({ route, query, request, response, upgrade }, source);
    case 'run':
      return answerRun({ route, query, response }, source);
    default:
      return answerMetrics({ name: route.name, query, response }, source.metrics);
  }
}

function podAndContainer({ names }: Route): { namespace: string; pod: string; container: string } {
  const { namespace = '', pod = '', container = '' } = names;
  return { namespace, pod, container };
}

function sendJson(response: ServerResponse, value: PodList): void {
  const body = Buffer.from(JSON.stringify(value));
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length });
  response.end(body);
}

/** Path and query as they were sent: what is authorized must be what is routed, so nothing is normalized. */
function splitTarget(target: string): [path: string, query: string] {
  const at = target.indexOf('?');
  return at === -1 ? [target, ''] : [target.slice(0, at), target.slice(at + 1)];
}
