import { InterLinkError } from '@interlink/sidecar-sdk';
import type { CommandOutput } from './commands/run-command.ts';
import type { CancelMode } from './slurm-api.ts';

/** One scancel takes so many ids: 500 take it 0.3 s. */
export const idsPerCall = 500;

const optionsOf: Readonly<Record<CancelMode, ReadonlyArray<string>>> = {
  plain: [],
  term: ['--signal=TERM', '--batch'],
  kill: ['--signal=KILL', '--batch'],
};

/** @throws InterLinkError `internal` for an id that is none */
export function toCancelArguments(ids: ReadonlyArray<string>, mode: CancelMode): string[] {
  return [...optionsOf[mode], ...ids.map(assertJobId)];
}

/** @throws InterLinkError `internal` */
export function assertJobId(id: string): string {
  if (!/^\d+$/.test(id)) throw new InterLinkError('internal', `${JSON.stringify(id)} is not a job id`);
  return id;
}

/** What scancel says of jobs that need no ending any more. */
const gone = /Invalid job id specified|Job\/step already completing or completed|Job has already finished/;

/** True when all that scancel complains about is that jobs are gone; one of them is enough for an exit code other than 0. */
export function isCancelled({ exitCode, stderr }: CommandOutput): boolean {
  const lines = stderr.split('\n').filter((line) => line.trim() !== '');
  return exitCode === 0 || (lines.length > 0 && lines.every((line) => gone.test(line)));
}

/** The ids in groups for one call each. */
export function toGroups(ids: ReadonlyArray<string>): string[][] {
  const count = Math.ceil(ids.length / idsPerCall);
  return Array.from({ length: count }, (_, index) => ids.slice(index * idsPerCall, (index + 1) * idsPerCall));
}
