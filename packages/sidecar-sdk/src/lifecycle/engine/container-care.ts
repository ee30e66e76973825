import type { Container } from '@interlink/protocol';
import type { Attempt, RuntimePod } from '../container-runtime.ts';
import type { Health } from '../facts/pod-facts.ts';
import type { HookKind, HookOutcome } from '../hooks/run-hook.ts';

/** Probes and hooks, as the engine uses them. */
export interface ContainerCare {
  /** Begins its probes, unless they run already. @param isOurs this process has started it */
  watch(subject: CareSubject, isOurs: boolean): void;
  /** It does not run any more, or it is to end. */
  unwatch(attempt: Attempt): void;
  /** @param isOurs as for {@link watch}: one that is not watched yet has been probed by nobody */
  healthOf(attempt: Attempt, spec: Container, isOurs: boolean): Health;
  runHook(kind: HookKind, subject: CareSubject, signal: AbortSignal): Promise<HookOutcome>;
}

export interface CareSubject {
  readonly pod: RuntimePod;
  readonly spec: Container;
  readonly attempt: Attempt;
}
