import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { shellContainer } from '../../packages/sidecar-slurm/src/script/testing/plans.ts';
import { runCommandOrThrow } from '../../test/testbed/index.ts';
import { show } from '../show.ts';
import { writeScript } from './script-folder.ts';

const line = 'x'.repeat(99);

/** How fast a container may talk: lines of 100 bytes into its log, by perl, and where there is none. */
export async function measureLogWriters(): Promise<void> {
  await measure('log by perl', 1_000_000, false);
  await measure('log without perl', 20_000, true);
}

async function measure(name: string, lines: number, withoutPerl: boolean): Promise<void> {
  await using folder = await writeScript({ containers: [shellContainer('main', `yes ${line} | head -n ${lines}`)] });
  const { env, script, root } = folder;
  // The script finds perl by its PATH.
  const hide = 'shopt -s extglob; mkdir "$1/bin"; ln -s /usr/bin/!(perl*) "$1/bin"';
  if (withoutPerl) await runCommandOrThrow('bash', ['-O', 'extglob', '-c', hide, 'bash', root]);
  const PATH = withoutPerl ? `${root}/bin` : env.PATH;
  const child = spawn('/bin/bash', [script], { env: { ...env, PATH }, stdio: 'ignore' });
  await once(child, 'exit');
  const state = await readFile(folder.state('main'), 'utf8');
  const at = (key: string) => Date.parse(new RegExp(`^${key}=(.*)$`, 'm').exec(state)?.[1] ?? '');
  const seconds = (at('finished_at') - at('started_at')) / 1_000;
  show(name, `${((lines * (line.length + 1)) / seconds / 1e6).toFixed(1)} MB/s`);
}
