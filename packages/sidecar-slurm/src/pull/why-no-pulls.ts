import type { SiteRuntime } from '../site/slurm-site.ts';
import type { RunCommand } from '../slurm/commands/run-command.ts';

const deadlineMs = 30_000;

/** Why images can't be pulled on this machine; undefined when they can, as far as is to be seen without pulling one. */
export async function whyNoPulls(
  { name, path }: Pick<SiteRuntime, 'name' | 'path'>,
  run: RunCommand,
  env: NodeJS.ProcessEnv,
): Promise<string | undefined> {
  const { PATH = '', HOME = '' } = env;
  const argv = [path, name === 'enroot' ? 'version' : '--version'];
  const output = await run({ argv, env: { PATH, HOME }, deadlineMs, maxOutputBytes: 100_000 });
  if (output.ending === 'exited' && output.exitCode === 0) return undefined;
  const how = output.ending === 'exited' ? `it exited with code ${output.exitCode}` : `it was ${output.ending}`;
  return `Cannot run ${argv.join(' ')} on this machine: ${output.stderr.trim() || how}`;
}
