import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type KubeClient, nodes } from '@interlink/kube';
import { InterLinkError } from '@interlink/protocol';
import { ownCommand } from './own-command.ts';
import type { SiteSettings } from './site-settings.ts';

const startTimeoutMs = 60_000;

/**
 * The virtual kubelet, InterLink and the sidecar of the demo, kept by a process of their own: `keepSite` there takes all of it away again
 * when the channel to it ends, by `stop` or because this process was killed.
 */
export class DemoSite {
  readonly #settings: SiteSettings;
  readonly #keeper: ChildProcess;
  readonly #ended: Promise<unknown>;

  constructor(settings: SiteSettings) {
    this.#settings = settings;
    const { argv0, args } = ownCommand('interlink', 'demo-site', JSON.stringify(settings));
    // A session of its own: Ctrl-C and the end of the terminal are for the demo, which ends it in order.
    const stdio = ['ignore' as const, 'ignore' as const, 'inherit' as const, 'ipc' as const];
    this.#keeper = spawn(process.execPath, args, { argv0, detached: true, stdio });
    this.#ended = once(this.#keeper, 'exit').catch(() => undefined);
  }

  /** Returns when the node is ready for pods. @throws InterLinkError when the site ends, or it takes too long */
  async start(client: KubeClient, signal: AbortSignal): Promise<void> {
    const { nodeName, directory } = this.#settings;
    const deadline = performance.now() + startTimeoutMs;
    while (!(await isReady(client, nodeName))) {
      signal.throwIfAborted();
      if (this.#hasEnded) throw siteEnded();
      if (performance.now() > deadline) {
        const message = `Node ${nodeName} is not Ready after ${startTimeoutMs / 1_000} s: see the logs in ${directory}`;
        throw new InterLinkError('deadline_exceeded', message);
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** Returns when the signal aborts. @throws InterLinkError when the site ends before */
  async runUntil(signal: AbortSignal): Promise<void> {
    const aborted = new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    await Promise.race([aborted, this.#ended]);
    if (!signal.aborted) throw siteEnded();
  }

  /** Returns when pods and processes have ended and the folder is gone. */
  async stop(): Promise<void> {
    if (this.#keeper.connected) this.#keeper.disconnect();
    await this.#ended;
  }

  get #hasEnded(): boolean {
    return this.#keeper.exitCode !== null || this.#keeper.signalCode !== null;
  }
}

function siteEnded(): InterLinkError {
  return new InterLinkError('unavailable', 'The site of the demo has ended by itself');
}

async function isReady(client: KubeClient, name: string): Promise<boolean> {
  try {
    const { status } = await client.get(nodes, { name });
    const isTrue = (type: string) => status?.conditions?.some((each) => each.type === type && each.status === 'True');
    return isTrue('Ready') === true && isTrue('InterLinkConnectivity') === true;
  } catch {
    return false;
  }
}
