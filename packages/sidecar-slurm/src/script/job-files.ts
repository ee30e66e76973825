import { requestHeaders } from '@interlink/sidecar-sdk';
import type { JobPlan, PlannedContainer } from './job-plan.ts';
import { hooksOf, type NamedAction, probesOf } from './planned-actions.ts';

/** A file for the pod's folder, mode 0600. */
export interface JobFile {
  /** Relative to the pod's folder. */
  readonly path: string;
  readonly content: string;
}

/**
 * The words of commands, environments, and header lines: each NUL-terminated. They can hold secrets, since Kubernetes expands `$(NAME)`
 * in them, and Slurm keeps scripts: so they are never in the script.
 */
export function jobFiles({ containers }: JobPlan): JobFile[] {
  return containers.flatMap((container) => {
    const files: Array<[name: string, words: ReadonlyArray<string> | undefined]> = [
      ['command', container.command],
      ['args', container.args],
      ['env', container.env.map(({ name, value }) => `${name}=${value}`)],
      ['mpi-flags', container.mpiFlags],
      ...actionFiles(container),
    ];
    return files.flatMap(([name, words]) =>
      words === undefined ? [] : [{ path: `containers/${container.name}/${name}`, content: renderWords(words) }],
    );
  });
}

function actionFiles(container: PlannedContainer): Array<[name: string, words: ReadonlyArray<string> | undefined]> {
  return [
    ...probesOf(container).map((action) => [action.file, actionWords(action, 'probe')] as const),
    ...hooksOf(container).map((action) => [action.file, actionWords(action, 'lifecycle')] as const),
  ].map(([name, words]) => [name, words]);
}

function actionWords({ exec, http }: NamedAction, purpose: 'probe' | 'lifecycle'): ReadonlyArray<string> | undefined {
  if (exec !== undefined) return exec.command ?? [];
  if (http === undefined) return undefined;
  const { host, fields } = requestHeaders(http, purpose);
  return [...(host === undefined ? [] : [`Host: ${host}`]), ...fields.map(([name, value]) => `${name}: ${value}`)];
}

function renderWords(words: ReadonlyArray<string>): string {
  return words.map((word) => `${word}\0`).join('');
}
