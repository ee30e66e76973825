import type { PodCondition } from '@interlink/kube';
import { type ContainerStatus, initContainerKind } from '@interlink/protocol';
import { hasStarted } from './container-statuses.ts';
import type { PodPhase } from './pod-phase.ts';
import { type ResizeCondition, resizeConditionTypes } from './resize-conditions.ts';
import { isTerminal } from './terminal-phase.ts';

export interface ConditionInput {
  readonly phase: PodPhase;
  readonly initContainers: ReadonlyArray<{ name: string; restartPolicy?: string | undefined }>;
  readonly containers: ReadonlyArray<{ name: string }>;
  readonly initStatuses: ReadonlyArray<ContainerStatus>;
  readonly statuses: ReadonlyArray<ContainerStatus>;
  readonly readinessGates: ReadonlyArray<string>;
  /** The conditions that the API has now: foreign ones among them decide readiness gates. */
  readonly current: ReadonlyArray<PodCondition>;
  readonly generation: number | undefined;
  /** What the backend's own queue says of a pod that it has not started. */
  readonly queued: string | undefined;
  readonly resize: ReadonlyArray<ResizeCondition>;
  /** RFC 3339, whole seconds: when a status flips, it flips now. */
  readonly now: string;
}

interface Verdict {
  readonly status: 'True' | 'False';
  readonly reason?: string;
  readonly message?: string;
}

/**
 * The pod's conditions: ours computed by the kubelet's rules (pkg/kubelet/status/generate.go), foreign ones carried over.
 * `lastTransitionTime` moves only when a status flips.
 */
export function podConditions(input: ConditionInput): PodCondition[] {
  const containersReady = containersReadyVerdict(input);
  const verdicts = new Map<string, Verdict>([
    ['PodReadyToStartContainers', sandboxVerdict(input)],
    ['Initialized', initializedVerdict(input)],
    ['Ready', readyVerdict(input, containersReady)],
    ['ContainersReady', containersReady],
    ['PodScheduled', { status: 'True' }],
  ]);
  const before = new Map(input.current.map((condition) => [condition.type, condition]));
  for (const { type, ...words } of input.resize) verdicts.set(type, { status: 'True', ...words });
  const ours = [...verdicts].map(([type, verdict]) => condition(type, verdict, before.get(type), input));
  const isOurs = (type: string) => verdicts.has(type) || resizeConditionTypes.some((each) => each === type);
  return [...ours, ...input.current.filter((foreign) => !isOurs(foreign.type))];
}

function condition(
  type: string,
  verdict: Verdict,
  before: PodCondition | undefined,
  input: ConditionInput,
): PodCondition {
  // The scheduler's own PodScheduled stays as it is.
  if (type === 'PodScheduled' && before?.status === 'True') return before;
  const { reason: _reason, message: _message, ...kept } = before ?? {};
  const transition = before?.status === verdict.status ? before.lastTransitionTime : undefined;
  return {
    ...kept,
    type,
    ...verdict,
    lastTransitionTime: transition ?? input.now,
    ...(input.generation === undefined ? {} : { observedGeneration: input.generation }),
  };
}

function initializedVerdict(input: ConditionInput): Verdict {
  if (input.phase === 'Succeeded') return { status: 'True', reason: 'PodCompleted' };
  if (input.statuses.some(hasBegun)) return { status: 'True' };
  const byName = new Map(input.initStatuses.map((status) => [status.name, status]));
  const incomplete = input.initContainers.filter((init) => {
    const status = byName.get(init.name);
    if (initContainerKind(init) === 'init') return status?.state.terminated?.exitCode !== 0;
    return status === undefined || !hasStarted(status);
  });
  if (incomplete.length === 0) return { status: 'True' };
  return {
    status: 'False',
    reason: 'ContainersNotInitialized',
    message: `containers with incomplete status: [${incomplete.map((c) => c.name).join(' ')}]`,
  };
}

function containersReadyVerdict(input: ConditionInput): Verdict {
  if (input.phase === 'Succeeded') return { status: 'False', reason: 'PodCompleted' };
  if (input.phase === 'Failed') return { status: 'False', reason: 'PodFailed' };
  const byName = new Map([...input.initStatuses, ...input.statuses].map((status) => [status.name, status]));
  const sidecars = input.initContainers.filter((init) => initContainerKind(init) === 'sidecar');
  const names = [...sidecars, ...input.containers].map(({ name }) => name);
  const unknown = names.filter((name) => !byName.has(name));
  const unready = names.filter((name) => byName.get(name)?.ready === false);
  const messages = [
    ...(unknown.length > 0 ? [`containers with unknown status: [${unknown.join(' ')}]`] : []),
    ...(unready.length > 0 ? [`containers with unready status: [${unready.join(' ')}]`] : []),
  ];
  if (messages.length === 0) return { status: 'True' };
  return { status: 'False', reason: 'ContainersNotReady', message: messages.join(', ') };
}

function readyVerdict(input: ConditionInput, containersReady: Verdict): Verdict {
  if (containersReady.status === 'False') return containersReady;
  const conditions = new Map(input.current.map((c) => [c.type, c.status]));
  const closed = input.readinessGates.find((gate) => conditions.get(gate) !== 'True');
  if (closed === undefined) return { status: 'True' };
  const actual = conditions.get(closed);
  const message =
    actual === undefined
      ? `corresponding condition of pod readiness gate "${closed}" does not exist.`
      : `the status of pod readiness gate "${closed}" is not "True", but ${actual}`;
  return { status: 'False', reason: 'ReadinessGatesNotReady', message };
}

/** The kubelet gives no reason here; a queue has one, and users wait for it. */
function sandboxVerdict(input: ConditionInput): Verdict {
  if (hasSandbox(input)) return { status: 'True' };
  return { status: 'False', ...(input.queued === undefined ? {} : { reason: 'Queued', message: input.queued }) };
}

function hasSandbox(input: ConditionInput): boolean {
  if (isTerminal(input.phase)) return false;
  return [...input.initStatuses, ...input.statuses].some(hasBegun);
}

/** A container that waits for its restart has begun, too. */
function hasBegun({ state, lastState }: ContainerStatus): boolean {
  return state.running !== undefined || state.terminated !== undefined || lastState?.terminated !== undefined;
}
