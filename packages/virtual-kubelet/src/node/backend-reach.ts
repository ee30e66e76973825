import type { EventRecorder } from '@interlink/kube';
import type { BackendMirror } from '../pods/backend-mirror.ts';
import { nodeReference } from './node-reference.ts';

export interface BackendReachOptions {
  readonly events: Pick<EventRecorder, 'record'>;
  /** The node's. */
  readonly name: string;
  /** How long a backend may be out of reach before its node is given up; undefined: for ever. */
  readonly notReadyAfterMs: number | undefined;
}

/** The backend's coming and going as the node's users see it: an event each time, and after how long the node is given up. */
export class BackendReach {
  readonly #options: BackendReachOptions;
  /** A node that starts well tells nothing. */
  #told: 'known' | 'unreachable' = 'known';
  #unreachableSinceMs: number | undefined;

  constructor(options: BackendReachOptions) {
    this.#options = options;
  }

  take({ reach, trouble }: Pick<BackendMirror, 'reach' | 'trouble'>): void {
    if (reach === 'known') this.#unreachableSinceMs = undefined;
    else if (reach === 'unreachable') this.#unreachableSinceMs ??= performance.now();
    if (reach === 'unknown' || reach === this.#told) return;
    this.#told = reach;
    const reference = nodeReference(this.#options.name);
    const { events } = this.#options;
    if (reach === 'known') events.record(reference, 'Normal', 'BackendReachable', 'The backend is within reach');
    else events.record(reference, 'Warning', 'BackendUnreachable', `The backend is out of reach: ${trouble}`);
  }

  isGivenUp(): boolean {
    const { notReadyAfterMs } = this.#options;
    const since = this.#unreachableSinceMs;
    return notReadyAfterMs !== undefined && since !== undefined && performance.now() - since >= notReadyAfterMs;
  }
}
