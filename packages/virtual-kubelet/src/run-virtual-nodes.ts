import { InterLinkError } from '@interlink/protocol';
import { keepDoing, type Logger } from '@interlink/service-kit';
import type { VirtualNode } from './virtual-node.ts';

export interface RunNodesOptions {
  /** Each makes its node anew: a node runs once. */
  readonly nodes: ReadonlyArray<{ readonly name: string; create(): Pick<VirtualNode, 'ready' | 'run'> }>;
  readonly logger: Logger;
  /** Until then, a process none of whose nodes has started is a failure. */
  readonly startup: AbortSignal;
}

/** A node that failed is started again after this long at first. */
const backOff = { baseMs: 1_000, maxMs: 60_000, settledMs: 60_000 };

/**
 * Runs all nodes until the signal aborts. A single one takes the process with it when it fails; of several, one in trouble is
 * started again by itself, and the others don't notice.
 * @throws InterLinkError when none has started in time
 */
export async function runVirtualNodes(options: RunNodesOptions, signal: AbortSignal): Promise<void> {
  const { nodes, startup, logger } = options;
  const [only] = nodes;
  if (nodes.length === 1 && only !== undefined) return await only.create().run(signal, startup);
  const failed = new AbortController();
  const running = AbortSignal.any([signal, failed.signal]);
  let hasStarted = false;
  const serve = async ({ name, create }: (typeof nodes)[number]) => {
    const round = async () => {
      const node = create();
      void node.ready.then(() => {
        hasStarted = true;
      });
      await node.run(running, startup.aborted ? running : startup);
    };
    const onError = (err: unknown) => {
      logger.warn({ node: name, err }, 'the node failed: it is started again');
      if (startup.aborted && !hasStarted) failed.abort(err);
    };
    await keepDoing(round, onError, { ...backOff, signal: running });
  };
  await Promise.all(nodes.map(serve));
  if (!signal.aborted) throw InterLinkError.from(failed.signal.reason);
}
