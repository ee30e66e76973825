import { dirname, join } from 'node:path';
import { type ControlPlaneData, runCommandOrThrow } from '../../testbed/index.ts';

const root = join(import.meta.dirname, '../../..');

/** Runs commands of a document in bash as an administrator of the testbed's cluster does, in the repository's own folder. @returns what they printed */
export async function runShell({ kubectl, kubeconfig }: ControlPlaneData, script: string, cwd = root): Promise<string> {
  const env = { ...process.env, PATH: `${dirname(kubectl)}:${process.env.PATH}`, KUBECONFIG: kubeconfig };
  return await runCommandOrThrow('bash', ['-euo', 'pipefail', '-c', script], { cwd, env, timeoutMs: 120_000 });
}
