import type { LogOptions } from '@interlink/sidecar-sdk';
import type { Engine } from '../engine/engine.ts';
import type { EngineContainer } from '../status/engine-container.ts';
import { demultiplex } from './demux.ts';
import { toLogQuery } from './log-query.ts';
import { canRead, readLogFiles } from './read-log-files.ts';

export interface ContainerLogContext {
  readonly options: LogOptions;
  readonly engine: Engine;
  readonly signal: AbortSignal;
}

/**
 * From the engine's files where they can be read here, as a kubelet does: the engine itself is several times slower, so that a follower
 * of it loses what a quick container writes, and it tells a line twice when a file is full.
 */
export async function openContainerLog(
  { id, logPath: path, isTerminal }: Pick<EngineContainer, 'id' | 'logPath' | 'isTerminal'>,
  { options, engine, signal }: ContainerLogContext,
): Promise<AsyncIterable<Uint8Array>> {
  if (path !== undefined && (await canRead(path))) {
    const ended = options.follow === true ? endOf(id, engine, signal) : signal;
    return readLogFiles({ path, options, ended, signal });
  }
  const stream = await engine.logs(id, toLogQuery(options, Date.now()), signal);
  return isTerminal ? stream : demultiplex(stream);
}

/** Aborts when the container has ended, or nobody tells any more: what the engine says itself ends then, too. */
function endOf(id: string, engine: Engine, signal: AbortSignal): AbortSignal {
  const end = new AbortController();
  const abort = () => end.abort();
  engine.untilStopped(id, signal).then(abort, abort);
  return end.signal;
}
