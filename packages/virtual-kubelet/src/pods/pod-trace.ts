import type { Pod } from '@interlink/kube';
import type { Span, Tracer } from '@interlink/service-kit';
import { isTerminal } from '../status/terminal-phase.ts';
import { hasBegun } from './next-step.ts';

/**
 * The traces of one pod. `pod start`: from the pod seen to the status written that says that it runs, or has ended.
 * `pod status`: from a later report to its status written. `pod deletion`: from the deletion seen until nothing is left of the pod. A pod may
 * run for weeks, so these are traces of their own, linked to the first.
 */
export class PodTrace {
  readonly #tracer: Tracer;
  readonly #node: string;
  #start: Span | undefined;
  #report: Span | undefined;
  #status: Span | undefined;
  #deletion: Span | undefined;
  #isStarted = false;
  #isHandedOver = false;
  #isReported = false;
  #attributes = {};

  constructor(tracer: Tracer, node: string) {
    this.#tracer = tracer;
    this.#node = node;
  }

  /** Where the steps belong that are taken for the pod now. */
  get current(): Span | undefined {
    if (this.#deletion !== undefined) return this.#deletion;
    return this.#isStarted ? this.#status : this.#start;
  }

  onSeen(pod: Pod): void {
    const { uid, namespace, name, deletionTimestamp } = pod.metadata ?? {};
    this.#attributes = {
      'k8s.pod.uid': uid,
      'k8s.pod.name': name,
      'k8s.namespace.name': namespace,
      'k8s.node.name': this.#node,
    };
    if (deletionTimestamp !== undefined) {
      this.#endStart();
      this.#deletion ??= this.#begin('pod deletion');
      return;
    }
    if (this.#start === undefined && !this.#isStarted) {
      // One that an earlier run of this process has started.
      this.#isStarted = hasBegun(pod) || isTerminal(pod.status?.phase);
      if (!this.#isStarted) this.#start = this.#begin('pod start');
    }
  }

  /** The backend has it: from here on its first report is waited for, unless that has overtaken the answer. */
  onHandedOver(): void {
    if (this.#isStarted || this.#isHandedOver) return;
    this.#isHandedOver = true;
    this.#report = this.#start?.child('first report');
    if (this.#isReported) this.#endReport();
  }

  onReport(): void {
    this.#isReported = true;
    this.#endReport();
    if (!this.#isStarted || this.#deletion !== undefined) return;
    // What changes nothing at the API is never written, and its span never ends: that one is not exported.
    this.#status = this.#begin('pod status');
  }

  onWritten(phase: string | undefined): void {
    const span = this.current;
    span?.set({ 'k8s.pod.status.phase': phase });
    if (this.#deletion !== undefined) return;
    if (this.#isStarted) {
      span?.end();
      this.#status = undefined;
    } else if (phase === 'Running' || isTerminal(phase)) this.#endStart();
  }

  /** The API no longer has it; the backend may. */
  onGone(): void {
    this.#endStart();
    this.#deletion ??= this.#begin('pod deletion');
  }

  /** Nothing is left of it. */
  onForgotten(): void {
    this.#deletion?.end();
  }

  #begin(name: string): Span {
    return this.#tracer.start(name, { attributes: this.#attributes, link: this.#start });
  }

  #endStart(): void {
    if (this.#isStarted) return;
    this.#isStarted = true;
    this.#endReport();
    this.#start?.end();
  }

  #endReport(): void {
    this.#report?.end();
    this.#report = undefined;
  }
}
