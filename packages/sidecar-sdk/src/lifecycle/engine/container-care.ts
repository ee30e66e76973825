import type { Container } from '@interlink/protocol';
import type { Attempt, RuntimePod } from '../container-runtime.ts';
import type { Health } from '../facts/pod-facts.ts';

/** Probes and hooks, as the engine uses them. */
export interface ContainerCare {
  /** Begins its probes, unless they run already. */
  watch(subject: CareSubject): void;
  /** It does not run any more, or its pod is to go: then only readiness matters. */
  unwatch(attempt: Attempt): void;
  healthOf(attempt: Attempt): Health;
  /** @throws Error with the kubelet's words */
  runHook(which: 'postStart' | 'preStop', subject: CareSubject, signal: AbortSignal): Promise<void>;
}

export interface CareSubject {
  readonly pod: RuntimePod;
  readonly spec: Container;
  readonly attempt: Attempt;
}
