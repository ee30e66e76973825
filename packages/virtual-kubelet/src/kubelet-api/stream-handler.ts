import type { PodStreams } from '../provider.ts';
import { answerCommand } from './command-handler.ts';
import { answerPortForward } from './port-forward-handler.ts';
import { sendRefusal } from './refusal.ts';
import { notImplemented, type StreamRequest, type StreamSource, upgradeRequired } from './stream-call.ts';
import { findStreamTarget } from './stream-target.ts';

/** Refuses with an ordinary answer what can be refused before the upgrade; after it, failures are the stream's to tell. */
export async function answerStream(request: StreamRequest, source: StreamSource): Promise<void> {
  const { route, response, upgrade } = request;
  if (source.streams[route.name as keyof PodStreams] === undefined)
    return sendRefusal(response, notImplemented(route.name));
  const { target, refusal } = findStreamTarget(route, source.pods);
  if (refusal !== undefined) return sendRefusal(response, refusal);
  if (upgrade === undefined) return sendRefusal(response, upgradeRequired);
  const call = { ...request, target, upgrade };
  return route.name === 'portForward' ? await answerPortForward(call, source) : await answerCommand(call, source);
}
