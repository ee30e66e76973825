import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { jobFiles } from '../../packages/sidecar-slurm/src/script/job-files.ts';
import type { JobPlan } from '../../packages/sidecar-slurm/src/script/job-plan.ts';
import { renderJobScript } from '../../packages/sidecar-slurm/src/script/render-job-script.ts';
import { jobPlan } from '../../packages/sidecar-slurm/src/script/testing/plans.ts';

/** The script of a pod and all that it needs, in a temporary folder. */
export interface ScriptFolder extends AsyncDisposable {
  readonly root: string;
  readonly script: string;
  /** Of the container's newest attempt. */
  state(container: string): string;
  readonly env: Readonly<Record<string, string>>;
}

export async function writeScript(parts: Partial<JobPlan>): Promise<ScriptFolder> {
  const root = await mkdtemp(join(tmpdir(), 'interlink-script-bench-'));
  const plan = jobPlan({ podFolder: join(root, 'pod'), spoolFolder: join(root, '.spool'), ...parts });
  await mkdir(plan.spoolFolder);
  for (const { path, content } of jobFiles(plan)) await writeBelow(join(plan.podFolder, path), content);
  await writeBelow(join(root, 'job.sh'), renderJobScript(plan), 0o700);
  return {
    root,
    script: join(root, 'job.sh'),
    state: (container) => join(plan.podFolder, 'containers', container, 'state'),
    env: { PATH: process.env.PATH ?? '', TMPDIR: root, SLURM_JOB_ID: '7' },
    [Symbol.asyncDispose]: async () => await rm(root, { recursive: true, force: true, maxRetries: 20 }),
  };
}

async function writeBelow(path: string, content: string | Buffer, mode = 0o600): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content, { mode });
}
