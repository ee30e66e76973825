import { type ErrorCode, errorCodes, InterLinkError, type Pod } from '@interlink/sidecar-sdk';
import type { EventFlood } from './event-flood.ts';
import type { LogFlood } from './log-flood.ts';
import type { Timeline } from './timeline.ts';

/** What may come of a change of resources. */
export type ResizeState = 'Infeasible' | 'Deferred' | 'InProgress';
const resizeStates: ReadonlyArray<string> = ['Infeasible', 'Deferred', 'InProgress'] satisfies ResizeState[];

/** What the mock plays of a pod. The table in README.md says the same in words, docs/mock.md what only a file can tell. */
export interface PodScript {
  readonly createDelayMs: number;
  readonly createError: ErrorCode;
  /** How many creates fail; Infinity for all of them. */
  readonly createFailures: number;
  /** From create until the containers run. */
  readonly startDelayMs: number;
  /** From start until the containers end by themselves; Infinity for never. */
  readonly runMs: number;
  readonly exitCode: number;
  readonly initExitCode: number;
  readonly reason: string | undefined;
  readonly message: string | undefined;
  /** When set, the backend itself fails the pod at its end, with this reason. */
  readonly podReason: string | undefined;
  /** A waiting reason, `ErrImagePull` say: the containers wait with it for ever. */
  readonly imageError: string | undefined;
  readonly queueReason: string | undefined;
  readonly event: string | undefined;
  readonly log: string | undefined;
  readonly logIntervalMs: number;
  /** When set, the log is what this file of a volume (`volume/path`) held at the start and after each update. */
  readonly logFile: string | undefined;
  readonly execOutput: string | undefined;
  readonly execExitCode: number;
  /** When set, no port can be reached, for this reason. */
  readonly portError: string | undefined;
  /** What every change of resources meets instead of success. */
  readonly resize: ResizeState | undefined;
  /** Of each container, in thousandths of a core and in bytes; 0: it is not measured. */
  readonly cpuMillis: number;
  readonly memoryBytes: number;
  /** How long the containers take to end after TERM. */
  readonly deleteDelayMs: number;
  /** When set, containers go by it, and not by delays, exit codes and `imageError`. */
  readonly timeline: Timeline | undefined;
  /** When set, it is the log. */
  readonly logFlood: LogFlood | undefined;
  readonly eventFlood: EventFlood | undefined;
}

const plain: PodScript = {
  createDelayMs: 0,
  createError: 'unavailable',
  createFailures: 0,
  startDelayMs: 0,
  runMs: Number.POSITIVE_INFINITY,
  exitCode: 0,
  initExitCode: 0,
  reason: undefined,
  message: undefined,
  podReason: undefined,
  imageError: undefined,
  queueReason: undefined,
  event: undefined,
  log: undefined,
  logIntervalMs: 0,
  logFile: undefined,
  execOutput: undefined,
  execExitCode: 0,
  portError: undefined,
  resize: undefined,
  cpuMillis: 250,
  memoryBytes: 64 * 1_024 * 1_024,
  deleteDelayMs: 0,
  timeline: undefined,
  logFlood: undefined,
  eventFlood: undefined,
};

/** One annotation: what its value must look like, and its part of the script. */
interface Annotation {
  readonly wanted: string;
  readonly fits: (value: string) => boolean;
  readonly read: (value: string) => Partial<PodScript>;
}

/** Node's timers hold 31 bits of milliseconds. */
const maxMs = 2 ** 31 - 1;

/** Of all names of annotations that are the mock's. */
export const annotationPrefix = 'mock.interlink.eu/';

const annotations: Readonly<Record<string, Annotation>> = {
  'mock.interlink.eu/create-delay': duration(1, (createDelayMs) => ({ createDelayMs })),
  'mock.interlink.eu/create-error': {
    wanted: 'an error code of the protocol',
    fits: isErrorCode,
    read: (value) => (isErrorCode(value) ? { createError: value, createFailures: Number.POSITIVE_INFINITY } : {}),
  },
  'mock.interlink.eu/create-failures': integer((createFailures) => ({ createFailures })),
  'mock.interlink.eu/start-delay': duration(1, (startDelayMs) => ({ startDelayMs })),
  'mock.interlink.eu/run-seconds': duration(1_000, (runMs) => ({ runMs })),
  'mock.interlink.eu/exit-code': integer((exitCode) => ({ exitCode })),
  'mock.interlink.eu/init-exit-code': integer((initExitCode) => ({ initExitCode })),
  'mock.interlink.eu/reason': text((reason) => ({ reason })),
  'mock.interlink.eu/message': text((message) => ({ message })),
  'mock.interlink.eu/pod-reason': text((podReason) => ({ podReason })),
  'mock.interlink.eu/image-error': text((imageError) => ({ imageError })),
  'mock.interlink.eu/queue-reason': text((queueReason) => ({ queueReason })),
  'mock.interlink.eu/event': text((event) => ({ event })),
  'mock.interlink.eu/log': text((log) => ({ log })),
  'mock.interlink.eu/log-interval': duration(1, (logIntervalMs) => ({ logIntervalMs })),
  'mock.interlink.eu/log-file': text((logFile) => ({ logFile })),
  'mock.interlink.eu/exec-output': text((execOutput) => ({ execOutput })),
  'mock.interlink.eu/exec-exit-code': integer((execExitCode) => ({ execExitCode })),
  'mock.interlink.eu/resize': {
    wanted: `one of ${resizeStates.join(', ')}`,
    fits: (value) => resizeStates.includes(value),
    read: (value) => ({ resize: value as ResizeState }),
  },
  'mock.interlink.eu/port-error': text((portError) => ({ portError })),
  'mock.interlink.eu/cpu-millis': integer((cpuMillis) => ({ cpuMillis })),
  'mock.interlink.eu/memory-bytes': integer((memoryBytes) => ({ memoryBytes })),
  'mock.interlink.eu/delete-delay': duration(1, (deleteDelayMs) => ({ deleteDelayMs })),
};

/** The annotations that the mock knows, in the table's order. */
export const mockAnnotations: ReadonlyArray<string> = Object.keys(annotations);

/**
 * Reads the annotations `mock.interlink.eu/…`. Pods without any share one script.
 * @throws InterLinkError `invalid_argument` for a value that does not fit and for a name that the mock does not know
 */
export function parseScript(found: Pod['metadata']['annotations']): PodScript {
  const ours = Object.entries(found ?? {}).filter(([name]) => name.startsWith(annotationPrefix));
  if (ours.length === 0) return plain;
  const parts = ours.map(([name, value]) => readAnnotation(name, value));
  // `create-failures` narrows what `create-error` says, whichever comes first.
  const failures = parts.findLast((part) => part.createFailures !== undefined && part.createError === undefined);
  return Object.assign({}, plain, ...parts, failures);
}

function readAnnotation(name: string, value: string): Partial<PodScript> {
  const annotation = annotations[name];
  if (annotation === undefined) {
    throw new InterLinkError('invalid_argument', `The mock sidecar knows no annotation ${name}`);
  }
  if (annotation.fits(value)) return annotation.read(value);
  const problem = `Annotation ${name} is ${JSON.stringify(value)}: ${annotation.wanted} is wanted`;
  throw new InterLinkError('invalid_argument', problem);
}

function duration(unitMs: number, read: (ms: number) => Partial<PodScript>): Annotation {
  return {
    wanted: `a number of ${unitMs === 1 ? 'milliseconds' : 'seconds'} of at most ${maxMs / unitMs}`,
    fits: (value) => /^\d+(\.\d+)?$/.test(value) && Number(value) * unitMs <= maxMs,
    read: (value) => read(Number(value) * unitMs),
  };
}

function integer(read: (value: number) => Partial<PodScript>): Annotation {
  return {
    wanted: 'a whole number',
    fits: (value) => /^\d{1,9}$/.test(value),
    read: (value) => read(Number(value)),
  };
}

function text(read: (value: string) => Partial<PodScript>): Annotation {
  return { wanted: 'a text', fits: () => true, read };
}

function isErrorCode(value: string): value is ErrorCode {
  return (errorCodes as ReadonlyArray<string>).includes(value);
}
