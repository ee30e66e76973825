import { isIP } from 'node:net';
import { declared, type Pod, readRegularFile } from '@interlink/sidecar-sdk';
import { parseKeyValues } from './key-values.ts';
import type { PodFolder } from './pod-folder.ts';

/** What the job itself has written down of its pod. Times are RFC 3339. */
export interface JobRecord {
  readonly jobId: string;
  /** How often Slurm has begun the job anew. */
  readonly restarts: number;
  readonly node?: string;
  readonly ip?: string;
  readonly startedAt?: string;
  /** `ended`: the script has done its last step. */
  readonly phase: 'pulling' | 'init' | 'running' | 'ending' | 'ended';
  /** Why the script ended the pod by itself: `DeadlineExceeded`. */
  readonly reason?: string;
  readonly message?: string;
  /** When somebody other than the sidecar asked the script to end: Slurm at the time limit, scancel. */
  readonly askedAt?: string;
  readonly finishedAt?: string;
  /** By name; of a container that has no entry nothing is known yet. */
  readonly containers: ReadonlyMap<string, ContainerRecord>;
}

/** A container's newest attempt, and how the one before ended. */
export interface ContainerRecord {
  readonly attempt: number;
  readonly state: 'waiting' | 'running' | 'terminated';
  /** Of waiting or the end. */
  readonly reason?: string;
  readonly message?: string;
  readonly imageId?: string;
  readonly startedAt?: string;
  readonly finishedAt?: string;
  readonly exitCode?: number;
  readonly signal?: number;
  readonly ready: boolean;
  readonly started: boolean;
  readonly last?: EndRecord;
}

export interface EndRecord {
  readonly exitCode: number;
  readonly signal?: number;
  readonly reason?: string;
  readonly startedAt?: string;
  readonly finishedAt?: string;
}

/** Whether the job has written this since Slurm began it last. */
export function isOfRun(
  record: JobRecord | undefined,
  job: { readonly id: string; readonly restarts: number },
): record is JobRecord {
  return record !== undefined && record.jobId === job.id && record.restarts >= job.restarts;
}

const phases = ['pulling', 'init', 'running', 'ending', 'ended'] as const;
const states = ['waiting', 'running', 'terminated'] as const;

/** More than a job writes down of a container, or of its pod: what it keeps of messages is a fraction of it. */
export const maxStateBytes = 64 * 1024;

/** A job that writes all the time is read as it is, in the end. */
const maxReads = 3;

/**
 * Undefined when the job has not begun. The job writes down why its pod ends before it shows its containers as ended, and that it has
 * ended after that: what is read in between belongs together when the pod's own file has not changed meanwhile.
 */
export async function readJobRecord(folder: PodFolder, pod: Pod): Promise<JobRecord | undefined> {
  const readPod = async () => await readRegularFile(folder.file('pod.state'), maxStateBytes);
  let text = await readPod();
  let containers: JobRecord['containers'] = new Map();
  for (let read = 1; text !== undefined; read += 1) {
    containers = await readContainers(folder, pod);
    const after = await readPod();
    if (after === text || read === maxReads) break;
    text = after;
  }
  return text === undefined ? undefined : parsePodState(text, containers);
}

async function readContainers(folder: PodFolder, pod: Pod): Promise<JobRecord['containers']> {
  const names = declared(pod).map(({ spec }) => spec.name);
  const texts = await Promise.all(
    names.map(async (name) => await readRegularFile(folder.container(name, 'state'), maxStateBytes)),
  );
  const containers = new Map<string, ContainerRecord>();
  for (const [index, name] of names.entries()) {
    const record = parseContainerRecord(texts[index] ?? '');
    if (record !== undefined) containers.set(name, record);
  }
  return containers;
}

/** Undefined for a file of which nothing can be read: its job is taken for not begun. */
export function parsePodState(text: string, containers: ReadonlyMap<string, ContainerRecord>): JobRecord | undefined {
  const values = parseKeyValues(text);
  const jobId = toJobId(values.get('job_id'));
  if (jobId === undefined) return undefined;
  return {
    jobId,
    restarts: toInteger(values.get('restart_count')) ?? 0,
    phase: phases.find((phase) => phase === values.get('phase')) ?? 'init',
    ...given('node', values.get('node')),
    ...given('ip', toAddress(values.get('ip'))),
    ...given('startedAt', toTime(values.get('started_at'))),
    ...given('reason', values.get('reason')),
    ...given('message', values.get('message')),
    ...given('askedAt', toTime(values.get('asked_at'))),
    ...given('finishedAt', toTime(values.get('finished_at'))),
    containers,
  };
}

export function parseContainerRecord(text: string): ContainerRecord | undefined {
  const values = parseKeyValues(text);
  const state = states.find((each) => each === values.get('state'));
  if (state === undefined) return undefined;
  const lastExitCode = toInteger(values.get('last_exit_code'));
  return {
    attempt: toInteger(values.get('attempt')) ?? 0,
    state,
    ...given('reason', values.get('reason')),
    ...given('message', values.get('message')),
    ...given('imageId', values.get('image_id')),
    ...given('startedAt', toTime(values.get('started_at'))),
    ...given('finishedAt', toTime(values.get('finished_at'))),
    ...given('exitCode', toInteger(values.get('exit_code'))),
    ...given('signal', toInteger(values.get('signal'))),
    ready: values.get('ready') === 'true',
    started: values.get('started') === 'true',
    ...given('last', lastExitCode === undefined ? undefined : toLast(lastExitCode, values)),
  };
}

function toLast(exitCode: number, values: ReadonlyMap<string, string>): EndRecord {
  return {
    exitCode,
    ...given('signal', toInteger(values.get('last_signal'))),
    ...given('reason', values.get('last_reason')),
    ...given('startedAt', toTime(values.get('last_started_at'))),
    ...given('finishedAt', toTime(values.get('last_finished_at'))),
  };
}

/** Who gets at the pod's folder may have written anything: what is no time, address or job id is taken for not known. */
export function toTime(text: string | undefined): string | undefined {
  const isTime = text !== undefined && /^\d{4}(-\d{2}){2}T\d{2}(:\d{2}){2}(\.\d{1,9})?Z$/.test(text);
  return isTime && !Number.isNaN(Date.parse(text)) ? text : undefined;
}

function toAddress(text: string | undefined): string | undefined {
  return text !== undefined && isIP(text) !== 0 ? text : undefined;
}

function toJobId(text: string | undefined): string | undefined {
  return text !== undefined && /^\d{1,10}$/.test(text) ? text : undefined;
}

function toInteger(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}

function given<K extends string, V>(key: K, value: V | undefined): { readonly [key in K]?: V } {
  return value === undefined || value === '' ? {} : ({ [key]: value } as { [key in K]: V });
}
