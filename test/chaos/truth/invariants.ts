import { failureExitCode, termExitCode } from '../load/chaos-pod.ts';
import { isSettled } from './due.ts';
import { hasCutOff, timesMet } from './interruptions.ts';
import type { LedgerEntry } from './ledger.ts';
import { type Breach, describePod, type Invariant, type PodTruth } from './outcome.ts';
import type { Sighting } from './sighting.ts';

const killedExitCode = 137;
/** Of a container that could not be started. */
const startErrorCode = 128;
const phases = ['Pending', 'Running'];
const isOver = (phase: string) => phase === 'Succeeded' || phase === 'Failed';

/** What the truth about one pod breaks of what is promised. */
export function breachesOf(truth: PodTruth): Breach[] {
  const of = (invariant: Invariant, details: ReadonlyArray<string>): Breach[] =>
    details.map((detail) => ({ invariant, detail: `${describePod(truth)}: ${detail}` }));
  return [
    ...of('lost', lost(truth)),
    ...of('stuck', stuck(truth)),
    ...of('doubled', doubled(truth)),
    ...of('backwards', backwards(truth.sightings)),
    ...of('exit code', wrongCodes(truth)),
    ...of('not told', untold(truth)),
  ];
}

/** Whether it may have failed for something that ends what runs; the mock is spared that. */
export function isExcused({
  life,
  sightings,
  interruptions,
}: Pick<PodTruth, 'life' | 'sightings' | 'interruptions'>): boolean {
  return life.backend === 'real' && timesMet(sightings, interruptions) > 0;
}

function lost({ life, sightings, ledger, interruptions }: PodTruth): string[] {
  if (life.deletion !== undefined) return [];
  if (sightings.at(-1)?.isGone === true) return ['is gone, and nobody has deleted it'];
  const hasExcuse = isExcused({ life, sightings, interruptions }) && sightings.at(-1)?.phase === 'Failed';
  const wanted = life.backend === 'real' && !hasExcuse ? life.failures + 1 : 0;
  const starts = ledger.filter(({ what }) => what === 'start').length;
  return starts < wanted ? [`was started ${starts} times, not ${wanted}`] : [];
}

function stuck({ life, sightings, interruptions }: PodTruth): string[] {
  const last = sightings.at(-1);
  if (
    isSettled(life, last, isExcused({ life, sightings, interruptions })) ||
    (life.deletion === undefined && last?.isGone === true)
  )
    return [];
  return [`is ${describe(last)} at the end${life.deletion === undefined ? '' : ', and was deleted'}`];
}

function doubled({ life, ledger, creates, sightings, interruptions }: PodTruth): string[] {
  const found: string[] = [];
  // What may not be repeated may not be for this reason either.
  const most = life.failures === 0 ? 1 : life.failures + 1 + timesMet(sightings, interruptions);
  const starts = ledger.filter(({ what }) => what === 'start');
  if (starts.length > most) found.push(`was started ${starts.length} times, not ${most} at most`);
  if (creates > 1) found.push(`was created ${creates} times at its backend`);
  let running: LedgerEntry[] = [];
  for (const entry of ledger) {
    running = running.filter((begun) => begun.attempt !== entry.attempt && !hasCutOff(interruptions, begun, entry));
    if (entry.what === 'start' && running.length > 0) found.push('was started while it ran');
    if (entry.what === 'start') running.push(entry);
  }
  const restarts = Math.max(0, ...sightings.map(({ restartCount }) => restartCount));
  if (restarts > most - 1) found.push(`has restartCount ${restarts}, not ${most - 1} at most`);
  return found;
}

/** Of any two sightings, one after the other. */
export function backwards(sightings: ReadonlyArray<Sighting>): string[] {
  return sightings.flatMap((after, index) => {
    const before = sightings[index - 1];
    if (before === undefined) return [];
    const what = stepBack(before, after);
    return what === undefined ? [] : [`${what}: ${describe(before)}, then ${describe(after)} at ${after.atS} s`];
  });
}

function stepBack(before: Sighting, after: Sighting): string | undefined {
  if (isOver(before.phase) ? after.phase !== before.phase : !isForward(before.phase, after.phase)) return 'phase';
  if (after.restartCount < before.restartCount) return 'restartCount';
  if (after.restartCount > before.restartCount) return undefined;
  if (before.state === 'terminated') {
    // A container that is to be repeated waits for it under its old number.
    if (after.state === 'terminated') return after.exitCode === before.exitCode ? undefined : 'exit code';
    return after.state === 'waiting' && !isOver(before.phase) ? undefined : 'state';
  }
  if (before.state === 'running' && (after.state === 'waiting' || after.state === 'none')) return 'state';
  const isOther = before.containerID !== undefined && after.containerID !== before.containerID;
  return isOther && before.state === 'running' ? 'container' : undefined;
}

function isForward(before: string, after: string): boolean {
  return isOver(after) || (phases.includes(after) && phases.indexOf(after) >= phases.indexOf(before));
}

function wrongCodes(truth: PodTruth): string[] {
  const allowed = allowedCodes(truth);
  const codes = truth.sightings.flatMap(({ exitCode, phase }) => (isOver(phase) ? [exitCode] : []));
  return [...new Set(codes)].flatMap((code) =>
    allowed.includes(code) ? [] : [`exit code ${code}, where only ${allowed.join(' or ')} could be`],
  );
}

/** What its last attempt may have ended with, by its own word. */
function allowedCodes({ life, ledger, sightings, interruptions }: PodTruth): Array<number | undefined> {
  const isInterrupted = isExcused({ life, sightings, interruptions });
  if (life.deletion === undefined && !isInterrupted) return [life.exitCode];
  if (life.backend === 'mock') return [life.exitCode, 0, killedExitCode, undefined];
  const said = (what: string) => ledger.some((entry) => entry.what === what);
  const hasRun = said('start') || sightings.some(({ state }) => state === 'running');
  return [
    ...(said('end') ? [life.exitCode, ...(life.failures > 0 ? [failureExitCode] : [])] : []),
    // TERM may come before the trap is set.
    ...(said('term') || !said('end') ? [termExitCode] : []),
    killedExitCode,
    ...(isInterrupted && !said('start') ? [startErrorCode] : []),
    ...(hasRun ? [] : [undefined]),
  ];
}

/** With less than that a busy machine may not get to the command before it is killed. */
const leastGraceSeconds = 2;

/** What is deleted with some grace hears of it before it is killed. */
function untold(truth: PodTruth): string[] {
  const { life, ledger, sightings } = truth;
  const { deletion, obeysTerm } = life;
  const hears = obeysTerm && (deletion?.graceSeconds ?? 0) >= leastGraceSeconds && !isExcused(truth);
  const said = (what: string) => ledger.some((entry) => entry.what === what);
  if (!hears || !said('start') || said('term') || said('end') || sightings.at(-1)?.isGone !== true) return [];
  return [`was killed and not told to end before, with ${deletion?.graceSeconds} s for that`];
}

function describe(sighting: Sighting | undefined): string {
  if (sighting === undefined) return 'not seen at all';
  const { phase, state, reason, exitCode, restartCount, isGone } = sighting;
  const words = [
    phase,
    state,
    reason,
    exitCode === undefined ? '' : `exit code ${exitCode}`,
    `attempt ${restartCount}`,
  ];
  return `${isGone ? 'gone, ' : ''}${words.filter(Boolean).join(' ')}`;
}
