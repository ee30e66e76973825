import type { Pod } from '@interlink/kube';
import { type Amounts, podRequests } from './pod-requests.ts';

/** What keeps a pod out, by the kubelet's name for it and in its words. */
export interface Rejection {
  readonly reason: string;
  readonly message: string;
}

interface Place {
  readonly generation: number | undefined;
  readonly requests: Amounts;
}

/** The order in which the kubelet looks; other resources come after, by name. */
const nativeFirst = ['cpu', 'memory', 'ephemeral-storage'];

/**
 * Who takes how much of the node. A pod gets its place in the same turn in which it is looked for, so that two pods at a time
 * never get the last one.
 */
export class Room {
  readonly #places = new Map<string, Place>();
  readonly #used = new Map<string, number>();

  has(uid: string): boolean {
    return this.#places.has(uid);
  }

  /** The pod is here, whether there is room or not. A pod whose spec has changed takes what it asks for now. */
  occupy(pod: Pod): void {
    const uid = pod.metadata?.uid ?? '';
    const generation = pod.metadata?.generation;
    const before = this.#places.get(uid);
    if (before !== undefined && before.generation === generation) return;
    this.vacate(uid);
    const requests = podRequests(pod);
    this.#places.set(uid, { generation, requests });
    for (const [name, amount] of requests) this.#used.set(name, this.#usedOf(name) + amount);
  }

  vacate(uid: string): void {
    const place = this.#places.get(uid);
    if (place === undefined) return;
    this.#places.delete(uid);
    for (const [name, amount] of place.requests) this.#used.set(name, this.#usedOf(name) - amount);
  }

  /**
   * Gives the pod its place if there is one. A resource that `allocatable` does not name is not counted.
   * @returns what there is too little of, in the words of the kubelet
   */
  tryOccupy(pod: Pod, allocatable: Amounts): Rejection | undefined {
    const shortage = this.#shortage(pod, allocatable);
    if (shortage === undefined) this.occupy(pod);
    return shortage;
  }

  #shortage(pod: Pod, allocatable: Amounts): Rejection | undefined {
    const pods = allocatable.get('pods');
    if (pods !== undefined && this.#places.size + 1 > pods) {
      return outOf('pods', { requested: 1, used: this.#places.size, capacity: pods });
    }
    const requests = podRequests(pod);
    const others = [...requests.keys()].filter((name) => !nativeFirst.includes(name)).sort();
    for (const name of [...nativeFirst, ...others]) {
      const [requested, capacity] = [requests.get(name) ?? 0, allocatable.get(name)];
      if (requested === 0 || capacity === undefined) continue;
      const used = this.#usedOf(name);
      if (requested > capacity - used) return outOf(name, { requested, used, capacity });
    }
    return undefined;
  }

  #usedOf(name: string): number {
    return this.#used.get(name) ?? 0;
  }
}

/** https://github.com/kubernetes/kubernetes/blob/master/pkg/kubelet/lifecycle/predicate.go `InsufficientResourceError` */
function outOf(name: string, amount: { requested: number; used: number; capacity: number }): Rejection {
  const { requested, used, capacity } = amount;
  const message = `Node didn't have enough resource: ${name}, requested: ${requested}, used: ${used}, capacity: ${capacity}`;
  return { reason: `OutOf${name}`, message };
}
