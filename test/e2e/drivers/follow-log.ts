import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type ControlPlaneData, waitFor } from '../../testbed/index.ts';
import type { Namespace } from './namespace.ts';

/** A running `kubectl logs -f`. */
export interface FollowedLog {
  /** Waits until it has printed this. */
  waitFor(printed: string): Promise<void>;
  /** Ctrl-C. */
  interrupt(): void;
  /** Waits until it ends by itself, which it must do soon. */
  end(): Promise<{ stdout: string; exitCode: number | null }>;
}

const endTimeoutMs = 30_000;

/** Starts `kubectl logs -f POD`. */
export function followLog({ kubectl, kubeconfig }: ControlPlaneData, namespace: Namespace, pod: string): FollowedLog {
  const child = spawn(kubectl, ['--kubeconfig', kubeconfig, '-n', namespace.name, 'logs', '-f', pod], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let stdout = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    stdout += chunk;
  });
  const ended = once(child, 'close');
  return {
    waitFor: async (printed) => {
      await waitFor(`kubectl logs -f to print ${JSON.stringify(printed)}`, () => stdout.includes(printed));
    },
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
