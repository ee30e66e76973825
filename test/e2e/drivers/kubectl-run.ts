import { pod } from './pods.ts';

/** `kubectl run` of a pod for one virtual node, which takes the caller's input and goes when it has ended. */
export function kubectlRun(nodeName: string, name: string, flag: '-i' | '-it', ...command: string[]): string[] {
  const { apiVersion, spec } = pod(nodeName, name, { containers: [] });
  const { containers: _, ...overrides } = spec ?? {};
  const options = ['--rm', '--quiet', '--restart=Never', '--image=busybox:1.36', '--pod-running-timeout=2m'];
  return [
    'run',
    name,
    flag,
    ...options,
    `--overrides=${JSON.stringify({ apiVersion, spec: overrides })}`,
    '--',
    ...command,
  ];
}
