import type { TimelineStep } from '../timeline.ts';
import type { StepShape } from './pod-shape.ts';

type Kind = 'waiting' | 'running' | 'exitCode';
const kinds: ReadonlyArray<Kind> = ['waiting', 'running', 'exitCode'];

/** Steps that have passed {@link stepProblems}. */
export function toSteps(steps: ReadonlyArray<StepShape>): TimelineStep[] {
  return steps.map(({ atSeconds, waiting, exitCode, reason, message }) => {
    const atMs = atSeconds * 1_000;
    if (waiting !== undefined) return { atMs, to: { kind: 'waiting', reason: waiting, message } };
    if (exitCode !== undefined) return { atMs, to: { kind: 'exited', exitCode, reason, message } };
    return { atMs, to: { kind: 'running' } };
  });
}

/** What no container does: go back in time, run twice at once, wait while it runs. @param place of the list */
export function stepProblems(steps: ReadonlyArray<StepShape>, place: string): Array<{ place: string; what: string }> {
  let before: StepShape | undefined;
  return steps.flatMap((step, index) => {
    const problem = problemOf(step, before);
    before = step;
    return problem === undefined ? [] : [{ place: `${place}[${index}]`, what: problem }];
  });
}

function problemOf(step: StepShape, before: StepShape | undefined): string | undefined {
  const [kind, ...more] = kinds.filter((each) => step[each] !== undefined);
  if (kind === undefined || more.length > 0)
    return `has ${kind === undefined ? 'none' : 'more than one'} of ${kinds.join(', ')}: one is wanted`;
  if (step.running === false) return 'has running false: true is wanted, or another kind of step';
  if (step.reason !== undefined && kind !== 'exitCode') return 'has a reason and no exitCode: waiting has its own';
  if (step.message !== undefined && kind === 'running') return 'has a message: only what waits or ends has one';
  if (before === undefined) return undefined;
  if (step.atSeconds < before.atSeconds)
    return `is at ${step.atSeconds} seconds, the step before it at ${before.atSeconds}: a later time is wanted`;
  if (before.running === true && kind !== 'exitCode')
    return `has ${kind} while the container runs: exitCode is wanted first`;
  if (before.exitCode !== undefined && kind === 'exitCode')
    return 'has exitCode after exitCode: running or waiting is wanted between them';
  return undefined;
}
