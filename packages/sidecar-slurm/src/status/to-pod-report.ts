import {
  type Container,
  type ContainerKind,
  type ContainerState,
  type ContainerStatus,
  declared,
  type PodReport,
  type PodReportStatus,
} from '@interlink/sidecar-sdk';
import type { ContainerRecord, JobRecord } from '../folder/job-record.ts';
import type { StoredPod } from '../folder/stored-pod.ts';
import type { SlurmEnding } from './judge-state.ts';

type Terminated = NonNullable<ContainerState['terminated']>;

/** All that is known of a pod at one moment. */
export interface PodFacts {
  readonly stored: StoredPod;
  readonly jobId: string | undefined;
  /** What the job itself has written down. */
  readonly record: JobRecord | undefined;
  readonly stage: Stage;
  readonly observedGeneration?: number;
  /** What a container that has ended left to say. */
  terminationMessageOf(container: string, attempt: number): string;
}

/** What a container waits for. */
export interface Trouble {
  readonly reason: string;
  readonly message: string;
}

/** How far the pod is, by Slurm and by the job's own record together. */
export type Stage =
  /** It has no job yet. Why: for all containers, and for those whose images are not there. */
  | {
      readonly kind: 'submitting';
      readonly trouble: Trouble | undefined;
      readonly imageTroubles: ReadonlyMap<string, Trouble>;
    }
  | { readonly kind: 'queued'; readonly state: string; readonly why?: string; readonly estimatedStart?: string }
  /**
   * `askedAt`: when somebody asked its script to end. What ends from then on counts as running until Slurm says by whom, and why.
   * `waitsInSlurm`: it has ended by its own word, and Slurm has its job as one that waits.
   */
  | { readonly kind: 'running'; readonly askedAt?: string | undefined; readonly waitsInSlurm?: boolean }
  /** Nothing of it runs any more. Without an ending the record has said all. */
  | { readonly kind: 'over'; readonly ending?: SlurmEnding; readonly at: string };

/** Whether Slurm has the job as one that waits, whatever that says itself: it can be cancelled only, and nobody knows yet whether it will begin. */
export function isWaitingInSlurm(stage: Stage): boolean {
  return stage.kind === 'queued' || (stage.kind === 'running' && stage.waitsInSlurm === true);
}

/** A pod as it is reported: https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/ */
export function toPodReport(facts: PodFacts): PodReport {
  const { stored, jobId, record, stage, observedGeneration } = facts;
  const { uid, namespace, name } = stored.pod.metadata;
  const statuses = declared(stored.pod).map(({ kind, spec }) => ({ kind, status: toStatus(spec, kind, facts) }));
  const of = (...kinds: ContainerKind[]) =>
    statuses.filter(({ kind }) => kinds.includes(kind)).map(({ status }) => status);
  const inits = of('init', 'sidecar');
  return {
    ...{ uid, namespace, name },
    status: {
      ...(stage.kind === 'over' ? toFailure(record, stage.ending) : {}),
      ...(stage.kind === 'running' && hasEnded(statuses) ? toFailure(record, undefined) : {}),
      startTime: stored.acceptedAt,
      ...(record?.ip === undefined || stage.kind === 'queued' ? {} : { podIP: record.ip }),
      ...(inits.length === 0 ? {} : { initContainerStatuses: inits }),
      containerStatuses: of('container'),
      ...(observedGeneration === undefined ? {} : { observedGeneration }),
      ...(jobId === undefined ? {} : { jobID: jobId }),
      ...(stage.kind === 'queued' ? { queue: toQueue(stage) } : {}),
    },
  };
}

/** Its phase follows from its containers then, and is for ever: the script's reason has to come with it, not with the job's end. */
function hasEnded(statuses: ReadonlyArray<{ status: ContainerStatus }>): boolean {
  return statuses.every(({ status }) => status.state.terminated !== undefined);
}

/** The script's own reason (a deadline) is truer than Slurm's. */
function toFailure(record: JobRecord | undefined, ending: SlurmEnding | undefined): Partial<PodReportStatus> {
  if (record?.reason !== undefined) return { phase: 'Failed', reason: record.reason, message: record.message ?? '' };
  if (ending?.podReason === undefined) return {};
  return { phase: 'Failed', reason: ending.podReason, message: ending.message };
}

function toQueue({
  state,
  why,
  estimatedStart,
}: Extract<Stage, { kind: 'queued' }>): NonNullable<PodReportStatus['queue']> {
  return {
    state,
    ...(why === undefined || why === 'None' ? {} : { reason: why }),
    ...(estimatedStart === undefined ? {} : { estimatedStart }),
  };
}

function toStatus(spec: Container, kind: ContainerKind, facts: PodFacts): ContainerStatus {
  // A job that waits to begin anew has left records of the time before.
  const isBefore = facts.stage.kind === 'submitting' || facts.stage.kind === 'queued';
  const record = isBefore ? undefined : facts.record?.containers.get(spec.name);
  const state = toState(spec.name, record, facts);
  const last = record?.last;
  const isLive = facts.stage.kind === 'running' && record?.state === 'running';
  return {
    name: spec.name,
    state,
    ...(last === undefined ? {} : { lastState: { terminated: { ...last, reason: last.reason ?? 'Error' } } }),
    ready: kind === 'init' ? state.terminated?.exitCode === 0 : isLive && record.ready,
    started: isLive && record.started,
    restartCount: record?.attempt ?? 0,
    image: spec.image ?? '',
    imageID: record?.imageId ?? '',
    ...(record === undefined || facts.jobId === undefined
      ? {}
      : { containerID: `slurm://${facts.jobId}/${spec.name}/${record.attempt}` }),
  };
}

function toState(name: string, record: ContainerRecord | undefined, facts: PodFacts): ContainerState {
  const { stage } = facts;
  if (record !== undefined && isUnexplained(record, stage)) return toUnexplained(record);
  if (record?.state === 'terminated') return { terminated: toTerminated(name, record, facts) };
  if (stage.kind === 'over') return { terminated: toCutOff(record, stage) };
  if (stage.kind === 'submitting') {
    return { waiting: stage.imageTroubles.get(name) ?? stage.trouble ?? { reason: 'ContainerCreating' } };
  }
  if (stage.kind === 'queued') return { waiting: { reason: 'SlurmPending', message: queueMessage(stage) } };
  if (record?.state === 'running') {
    return { running: record.startedAt === undefined ? {} : { startedAt: record.startedAt } };
  }
  const reason = record?.reason ?? (facts.record?.phase === 'init' ? 'PodInitializing' : 'ContainerCreating');
  return { waiting: { reason, ...(record?.message === undefined ? {} : { message: record.message }) } };
}

/** Slurm may signal the containers together with the script: they may have ended before it has heard. */
const signalSpreadMs = 2_000;

function isUnexplained({ state, finishedAt = '' }: ContainerRecord, stage: Stage): boolean {
  if (stage.kind !== 'running' || stage.askedAt === undefined || state !== 'terminated') return false;
  return Date.parse(finishedAt) >= Date.parse(stage.askedAt) - signalSpreadMs;
}

function toUnexplained({ startedAt }: ContainerRecord): ContainerState {
  return startedAt === undefined ? { waiting: { reason: 'ContainerCreating' } } : { running: { startedAt } };
}

function queueMessage({ state, why, estimatedStart }: Extract<Stage, { kind: 'queued' }>): string {
  const reason = why === undefined || why === 'None' ? '' : `: ${why}`;
  const start = estimatedStart === undefined ? '' : `, start expected at ${estimatedStart}`;
  return `The job is ${state}${reason}${start}`;
}

function toTerminated(name: string, record: ContainerRecord, facts: PodFacts): Terminated {
  const { exitCode = 137, signal, startedAt, finishedAt } = record;
  const slurmEnding = facts.stage.kind === 'over' ? facts.stage.ending : undefined;
  const isOom = exitCode === 137 && slurmEnding?.reason === 'OOMKilled';
  const reason = isOom ? 'OOMKilled' : (record.reason ?? (exitCode === 0 ? 'Completed' : 'Error'));
  const message = record.message ?? facts.terminationMessageOf(name, record.attempt);
  return {
    exitCode,
    reason,
    ...(signal === undefined ? {} : { signal }),
    ...(message === '' ? {} : { message }),
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(finishedAt === undefined ? {} : { finishedAt }),
    ...(facts.jobId === undefined ? {} : { containerID: `slurm://${facts.jobId}/${name}/${record.attempt}` }),
  };
}

/** A container without a last word of its own. */
function toCutOff(record: ContainerRecord | undefined, { ending, at }: Extract<Stage, { kind: 'over' }>): Terminated {
  const { exitCode, reason, message } = ending ?? {
    ...{ exitCode: 137, reason: 'ContainerStatusUnknown', message: 'The container was not run before the pod ended' },
  };
  return {
    ...{ exitCode, reason, message, finishedAt: at },
    ...(record?.startedAt === undefined ? {} : { startedAt: record.startedAt }),
  };
}
