import type { Container } from '@interlink/protocol';
import type { Attempt, RuntimePod } from '../container-runtime.ts';
import { declared } from '../facts/build-facts.ts';
import type { CareSubject } from './container-care.ts';

export function specOf({ pod }: RuntimePod, container: string): Container | undefined {
  return declared(pod).find(({ spec }) => spec.name === container)?.spec;
}

/** Undefined: the pod's spec has no such container any more. */
export function toSubject(pod: RuntimePod, attempt: Attempt): CareSubject | undefined {
  const spec = specOf(pod, attempt.container);
  return spec === undefined ? undefined : { pod, spec, attempt };
}
