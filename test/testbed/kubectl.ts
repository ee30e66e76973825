import { type CommandResult, runCommand } from './process/run-command.ts';
import type { TestbedData } from './testbed-data.ts';

export interface KubectlOptions {
  /** For standard input, such as the manifest of `apply -f -`. */
  input?: string;
  timeoutMs?: number;
  /** Beside those of the test's own environment. */
  env?: Readonly<Record<string, string>>;
  /** Of another cluster than the testbed's. */
  kubeconfig?: string;
}

/** Runs the testbed's kubectl as administrator. What kubectl says no to is a result with its exit code, no exception. */
export function kubectl(
  testbed: Pick<TestbedData, 'controlPlane'>,
  args: readonly string[],
  options: KubectlOptions = {},
): Promise<CommandResult> {
  if (testbed.controlPlane === undefined) throw new Error('Cannot run kubectl: this testbed has no control plane');
  const { kubectl: file, kubeconfig } = testbed.controlPlane;
  const env = { ...process.env, ...options.env, KUBECONFIG: options.kubeconfig ?? kubeconfig };
  return runCommand(file, args, { ...options, env });
}
