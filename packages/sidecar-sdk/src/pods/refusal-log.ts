import { InterLinkError } from '@interlink/protocol';
import type { Logger } from '@interlink/service-kit';
import type { PodReference } from '../backend.ts';
import { podFields } from './pod-fields.ts';

/** Pods whose last refusal is remembered: an owner asks again and again for each that is Pending. */
const mostPods = 1_000;

/** Tells of each pod that the backend does not take, once for each reason. */
export class RefusalLog {
  readonly #logger: Pick<Logger, 'warn'>;
  readonly #told = new Map<string, string>();

  constructor(logger: Pick<Logger, 'warn'>) {
    this.#logger = logger;
  }

  refused(pod: PodReference, error: unknown): void {
    const { reason, message } = InterLinkError.from(error);
    if (this.#told.get(pod.uid) === message) return;
    this.#told.delete(pod.uid);
    this.#told.set(pod.uid, message);
    const [oldest] = this.#told.keys();
    if (oldest !== undefined && this.#told.size > mostPods) this.#told.delete(oldest);
    this.#logger.warn({ ...podFields(pod), reason, problem: message }, 'pod refused');
  }

  taken(uid: string): void {
    this.#told.delete(uid);
  }
}
