import { hostname } from 'node:os';
import { type ClusterAccess, KubeClient, LeaderElector, type Leadership, realClock } from '@interlink/kube';
import { type Fence, InterLinkError } from '@interlink/protocol';
import type { Logger } from '@interlink/service-kit';
import type { Election } from './plan-election.ts';

export interface LeadingOptions {
  readonly access: ClusterAccess;
  /** Undefined: there is nobody else. */
  readonly election: Election | undefined;
  readonly logger: Logger;
}

/** Shorter than the time in which a Lease must be renewed, so that a request that hangs leaves room for another. */
const requestTimeoutMs = 5_000;

/**
 * Does `serve` once it is this process's turn, with the fence that all its requests must stand behind. When its work is done, the next
 * takes over at once. @throws InterLinkError `aborted` as soon as its turn is over: then the process must end, whatever `serve` still does
 */
export async function whileLeading(
  { access, election, logger }: LeadingOptions,
  signal: AbortSignal,
  serve: (fence: Fence | undefined, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  if (election === undefined) return await serve(undefined, signal);
  const lease = `${election.namespace}/${election.name}`;
  let leadership: Leadership | undefined;
  const client = new KubeClient(access, {
    userAgent: 'interlink-vk-leader',
    connections: 1,
    timeoutMs: requestTimeoutMs,
    check: () => leadership?.check(),
  });
  const elector = new LeaderElector({
    client,
    path: election,
    identity: `${hostname()}_${crypto.randomUUID()}`,
    clock: realClock,
    onWaiting: (holder) => logger.info({ lease, holder }, 'another process leads: waiting'),
    onTrouble: (err) => logger.warn({ lease, err }, 'cannot use the leader lease yet'),
  });
  try {
    leadership = await elector.acquire(signal);
    logger.info({ lease, epoch: leadership.epoch }, 'leading');
    await lead(leadership, signal, serve);
    logger.info({ lease }, 'leader lease released');
  } finally {
    void client.close();
  }
}

async function lead(
  leadership: Leadership,
  signal: AbortSignal,
  serve: (fence: Fence, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const lost = new AbortController();
  const isLost = Promise.withResolvers<never>();
  const lose = (error: unknown) => {
    leadership.abandon();
    const { message } = InterLinkError.from(error);
    const reason = new InterLinkError('aborted', `Another process may lead now: ${message}`, { cause: error });
    isLost.reject(reason);
    lost.abort(reason);
  };
  const fence = { epoch: leadership.epoch, check: () => leadership.check(), onStale: lose };
  const ended = new AbortController();
  const keeping = leadership.keep(ended.signal).catch(lose);
  try {
    // Not waited for when the turn is over: nobody knows how long that takes, and all it could send is held back.
    await Promise.race([serve(fence, AbortSignal.any([signal, lost.signal])), isLost.promise]);
  } finally {
    ended.abort();
  }
  await keeping;
  await leadership.release();
}
