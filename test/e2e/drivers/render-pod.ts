import { mkdtempDisposable, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Pod } from '@interlink/kube';
import type { Site } from '../../testbed/site/site.ts';
import { runProgram } from './run-program.ts';

/** The arguments of sbatch that `interlink render` shows for a pod, with a blank between them. @throws Error with what it complained of */
export async function renderPod({ nodeName, interlinkUrl, tokenFile }: Site, pod: Pod): Promise<string> {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'render-pod-'));
  const file = join(folder.path, 'pod.yaml');
  // JSON is YAML.
  await writeFile(file, JSON.stringify(pod));
  const { stdout, exitCode, complaints } = await runProgram(
    ['interlink', 'render', '-f', file, '--node', nodeName, '-o', 'json'],
    { INTERLINKPORT: new URL(interlinkUrl).port, XDG_CONFIG_HOME: dirname(dirname(tokenFile)) },
  );
  if (exitCode !== 0) throw new Error(complaints.join('\n'));
  const parts = JSON.parse(stdout) as ReadonlyArray<{ name: string; body: { arguments: string[] } }>;
  return parts.find(({ name }) => name === 'sbatch')?.body.arguments.join(' ') ?? '';
}
