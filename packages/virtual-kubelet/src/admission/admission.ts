/**
 * Whether a pod may run here, asked once, before it is resolved and handed to the backend.
 *
 *   admission.ts         the order of the questions, and who has been let in
 *   daemon-set-pod.ts    pods of DaemonSets that tolerate everything
 *   refuse-pod.ts        operating system, sysctls, node affinity    (node-affinity.ts)
 *   find-unsupported.ts  what the backend can never do
 *   room.ts              what is left of the node                    (pod-requests.ts)
 */
import type { Pod, Taint } from '@interlink/kube';
import type { Capabilities } from '@interlink/protocol';
import { bystanderDaemonSet, type DaemonSetPolicy, notRunMessage, pendingMessage } from './daemon-set-pod.ts';
import { findUnsupported } from './find-unsupported.ts';
import type { SelectableNode } from './node-affinity.ts';
import { toAmounts } from './pod-requests.ts';
import { refuseNodeAffinity, refuseOperatingSystem, refuseSysctls } from './refuse-pod.ts';
import { type Rejection, Room } from './room.ts';

/** What an author of a pod is told, as the event and as what its containers wait for. */
export interface Notice {
  readonly reason: string;
  readonly message: string;
}

export type Verdict =
  | { readonly kind: 'admitted' }
  /** It fails: its controller makes another one, which the scheduler may put elsewhere. */
  | ({ readonly kind: 'rejected' } & Rejection)
  /** It stays Pending until the backend, the node or the pod is another. */
  | { readonly kind: 'held'; readonly waitingReason: string; readonly event: Notice }
  /** It is shown as running, and the backend never hears of it. */
  | { readonly kind: 'report-only'; readonly event: Notice };

export interface AdmissionOptions {
  readonly operatingSystem: string;
  readonly taints: ReadonlyArray<Taint>;
  readonly daemonSetPods: DaemonSetPolicy;
  /** The node as it was last seen. */
  node(): SelectableNode;
  /** The node as the Kubernetes API has it now: somebody may have just labelled it. */
  readNode(signal: AbortSignal): Promise<SelectableNode>;
  /** Undefined until the backend has said what it can do; then nothing is held against a pod that depends on it. */
  offer(): { readonly capabilities: Capabilities; readonly allocatable: Readonly<Record<string, string>> } | undefined;
}

const admitted: Verdict = { kind: 'admitted' };

/** Judges pods, and remembers who has been let in: that takes up room, and is never judged again. */
export class Admission {
  readonly #options: AdmissionOptions;
  readonly #room = new Room();

  constructor(options: AdmissionOptions) {
    this.#options = options;
  }

  /** The backend has the pod, or it has begun: it was let in, by this process or an earlier one. */
  occupy(pod: Pod): void {
    this.#room.occupy(pod);
  }

  /** The pod is over. */
  vacate(uid: string): void {
    this.#room.vacate(uid);
  }

  /** @throws what keeps the node from being read: to be tried again */
  async judge(pod: Pod, signal: AbortSignal): Promise<Verdict> {
    if (this.#room.has(pod.metadata?.uid ?? '')) return admitted;
    const { operatingSystem } = this.#options;
    const bystander = this.#judgeBystander(pod);
    if (bystander !== undefined) return bystander;
    const rejection =
      refuseOperatingSystem(pod, operatingSystem) ??
      this.#refuseSysctls(pod) ??
      (await this.#refuseAffinity(pod, signal));
    if (rejection !== undefined) return { kind: 'rejected', ...rejection };
    return this.#judgeByOffer(pod);
  }

  #judgeBystander(pod: Pod): Verdict | undefined {
    const { taints, daemonSetPods } = this.#options;
    const daemonSet = bystanderDaemonSet(pod, taints);
    if (daemonSet === undefined || daemonSetPods === 'run') return undefined;
    if (daemonSetPods === 'report-running') {
      const event = { reason: 'DaemonSetPodNotRun', message: notRunMessage(pod, daemonSet) };
      return { kind: 'report-only', event };
    }
    const event = { reason: 'DaemonSetPodPending', message: pendingMessage(pod, daemonSet) };
    return { kind: 'held', waitingReason: 'DaemonSetPodPending', event };
  }

  /** What the backend allows is not known before it has spoken; what it then refuses stays Pending. */
  #refuseSysctls(pod: Pod): Rejection | undefined {
    const offer = this.#options.offer();
    return offer === undefined ? undefined : refuseSysctls(pod, offer.capabilities.unsafeSysctls ?? []);
  }

  /** The scheduler may have gone by a label that is newer than what was last seen. */
  async #refuseAffinity(pod: Pod, signal: AbortSignal): Promise<Rejection | undefined> {
    if (refuseNodeAffinity(pod, this.#options.node()) === undefined) return undefined;
    return refuseNodeAffinity(pod, await this.#options.readNode(signal));
  }

  /** Without a pause between the look at the room and its taking. */
  #judgeByOffer(pod: Pod): Verdict {
    const offer = this.#options.offer();
    const { capabilities, allocatable } = offer ?? {};
    if (capabilities === undefined || allocatable === undefined) {
      this.#room.occupy(pod);
      return admitted;
    }
    const message = findUnsupported(pod, { capabilities, resources: new Set(Object.keys(allocatable)) });
    if (message !== undefined) {
      const event = { reason: 'NotSupportedByBackend', message };
      return { kind: 'held', waitingReason: 'CreateContainerConfigError', event };
    }
    // A backend that queues by itself lets a pod wait for room.
    const shortage = this.#room.tryOccupy(pod, capabilities.queues ? new Map() : toAmounts(allocatable));
    return shortage === undefined ? admitted : { kind: 'rejected', ...shortage };
  }
}
