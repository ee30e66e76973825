import { type Rate, TokenBucket } from '@interlink/service-kit';

/** A pod's start tells about four per container. Less than the recorder's own limit, so that the virtual kubelet's events get through. */
const podRate: Rate = { burst: 20, perSecond: 1 / 30 };
const nodeRate: Rate = { burst: 1_000, perSecond: 50 };
/** Pods whose events are counted; those that told longest ago are forgotten first. */
const maxPods = 10_000;

/** How many events a backend may tell: of one pod, and of all. */
export class EventLimit {
  readonly #now: () => number;
  readonly #node: TokenBucket;
  readonly #pods = new Map<string, TokenBucket>();

  /** @param now milliseconds */
  constructor(now: () => number) {
    this.#now = now;
    this.#node = new TokenBucket(nodeRate, now());
  }

  allows(uid: string): boolean {
    const now = this.#now();
    const bucket = this.#pods.get(uid) ?? new TokenBucket(podRate, now);
    this.#pods.delete(uid);
    this.#pods.set(uid, bucket);
    for (const oldest of this.#pods.keys()) {
      if (this.#pods.size <= maxPods) break;
      this.#pods.delete(oldest);
    }
    return bucket.take(now) && this.#node.take(now);
  }
}
