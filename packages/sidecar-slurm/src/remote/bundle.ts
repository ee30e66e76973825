import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** More than the files of a pod's volumes can be together. */
const maxBytes = 256 * 1024 * 1024;

/** What a job needs of its pod's folder: what it is to do, and what a run that Slurm has begun anew goes on from. */
export const wholePod = /^(containers|volumes|events|script\.sh|slurm\.out|stop|auth(-\d+)?\.json)$/;
/** What may change while the job runs. */
export const changes = /^(volumes|stop)$/;

/** There is a folder for each attempt that there was; what it wrote stays here. */
const written = ['containers/*/[0-9]*/log', 'containers/*/[0-9]*/termination'];

/** A tar file of the parts of a folder that have such names. */
export async function bundle(folder: string, names: RegExp): Promise<Buffer> {
  const parts = (await readdir(folder)).filter((name) => names.test(name));
  const excluded = written.map((pattern) => `--exclude=${pattern}`);
  const args = ['--create', '--file=-', '--anchored', '--no-wildcards-match-slash', ...excluded, '--', ...parts];
  const { stdout } = await run('tar', args, { cwd: folder, encoding: 'buffer', maxBuffer: maxBytes });
  return stdout;
}
