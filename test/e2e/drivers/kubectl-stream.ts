import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type ControlPlaneData, waitFor } from '../../testbed/index.ts';
import { PATIENCE } from '../../testbed/patience.ts';
import type { Namespace } from './namespace.ts';

/** A kubectl that goes on printing: `logs -f`, `get --watch`. */
export interface KubectlStream {
  /** Waits until it has printed this. */
  waitFor(printed: string): Promise<void>;
  /** All that it has printed so far. */
  printed(): string;
  /** Ctrl-C. */
  interrupt(): void;
  /** Waits until it ends, which it must do soon. @returns all that it printed */
  end(): Promise<{ stdout: string; exitCode: number | null }>;
}

const endTimeoutMs = 30_000 * PATIENCE;

/** Starts kubectl in a namespace and does not wait for it. */
export function startKubectl(
  { kubectl, kubeconfig }: ControlPlaneData,
  namespace: Namespace,
  ...args: ReadonlyArray<string>
): KubectlStream {
  const child = spawn(kubectl, ['--kubeconfig', kubeconfig, '-n', namespace.name, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...namespace.env },
  });
  let stdout = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    stdout += chunk;
  });
  const ended = once(child, 'close');
  return {
    waitFor: async (printed) => {
      await waitFor(`kubectl ${args.join(' ')} to print ${JSON.stringify(printed)}`, () => stdout.includes(printed));
    },
    printed: () => stdout,
    interrupt: () => {
      child.kill('SIGINT');
    },
    end: async () => {
      const timer = setTimeout(() => child.kill('SIGKILL'), endTimeoutMs);
      await ended;
      clearTimeout(timer);
      return { stdout, exitCode: child.exitCode };
    },
  };
}
