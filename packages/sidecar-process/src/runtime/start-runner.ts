import { type ChildProcess, spawn } from 'node:child_process';
import { extname } from 'node:path';
import { ownProgram } from '@interlink/sidecar-sdk';

/** `main.ts` from source, `main.js` once built. */
const runnerProgram = ownProgram(
  'process-runner',
  new URL(`../runner/main${extname(import.meta.url)}`, import.meta.url),
);

/** Starts a runner in a session of its own, without this process's environment and files, so that it outlives this process. */
export function startRunner(attemptFolder: string, podFolder: string): ChildProcess {
  const runner = spawn(process.execPath, [runnerProgram, attemptFolder, podFolder], {
    cwd: '/',
    env: {},
    detached: true,
    stdio: 'ignore',
  });
  runner.unref();
  return runner;
}
