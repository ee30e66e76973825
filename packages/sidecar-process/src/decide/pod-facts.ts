import type { Container, Owner, Pod } from '@interlink/sidecar-sdk';
import type { StopOrder } from '../folder/pod-folder.ts';
import type { Child, Ending, ProcessIdentity } from '../runner/records.ts';

/** What a pod's folder and the process table say of it, read at one moment: the input of every decision. */
export interface PodFacts {
  readonly owner: Owner;
  readonly pod: Pod;
  /** RFC 3339. */
  readonly acceptedAt: string;
  readonly stop: StopOrder | undefined;
  readonly initContainers: ReadonlyArray<ContainerFacts>;
  readonly containers: ReadonlyArray<ContainerFacts>;
  /** Added while it runs; the pod's own end does not wait for them. */
  readonly ephemeralContainers: ReadonlyArray<ContainerFacts>;
}

export interface ContainerFacts {
  readonly container: Container;
  /** The newest attempt, its number being the count of restarts; undefined before the first. */
  readonly latest: Attempt | undefined;
  /** The one before it. */
  readonly earlier: Attempt | undefined;
}

export interface Attempt {
  readonly number: number;
  readonly failuresBefore: number;
  readonly state: AttemptState;
}

export type AttemptState =
  /** No runner has taken it. */
  | { readonly kind: 'ordered' }
  | { readonly kind: 'starting'; readonly runner: ProcessIdentity }
  | { readonly kind: 'running'; readonly runner: ProcessIdentity; readonly child: Child }
  /** Its runner is gone without a word. */
  | { readonly kind: 'lost'; readonly child: Child | undefined }
  | { readonly kind: 'ended'; readonly ending: Ending };

export function allContainers(facts: PodFacts): ContainerFacts[] {
  return [...facts.initContainers, ...facts.containers, ...facts.ephemeralContainers];
}

/** An init container that goes on beside the containers: https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/ */
export function isSidecarContainer({ container }: ContainerFacts): boolean {
  return container.restartPolicy === 'Always';
}

/** Something of the attempt may still run, or may yet start. */
export function isLive(attempt: Attempt | undefined): boolean {
  return attempt !== undefined && attempt.state.kind !== 'ended';
}
