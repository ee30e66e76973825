import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import type { PodEvent } from '@interlink/sidecar-sdk';
import { parseEvent } from '../folder/job-events.ts';
import { unescapeLine } from '../folder/key-values.ts';
import { endProcessGroup } from '../slurm/end-process-group.ts';
import { hasPipes } from '../slurm/has-pipes.ts';

export interface PullOrder {
  /** Of `renderPullScript`. */
  readonly scriptPath: string;
  readonly container: string;
  /** Ends the pull; nothing of it is left then. */
  readonly signal: AbortSignal;
  onEvent(event: PodEvent): void;
}

export type PullEnding =
  | { readonly kind: 'pulled' }
  /** `reason` is the kubelet's, for the container's waiting state; the registry's words are in `message`. */
  | { readonly kind: 'failed'; readonly reason: string; readonly message: string };

/** Pulls one image. Never rejects; what it answers after the signal has aborted is of no account. Tests give scripted ones. */
export type PullImage = (order: PullOrder) => Promise<PullEnding>;

/** One that does not heed TERM, which it needs to put away what is half made, is killed after this long. */
const killAfterMs = 10_000;
const maxErrorLength = 1_000;

type Child = ChildProcessByStdio<null, Readable, Readable>;

/** Pulls by the pod's own script, a process group of its own, with the environment that {@link pullEnvironment} leaves. */
export function pullByScript(bashPath: string, env: NodeJS.ProcessEnv): PullImage {
  return async ({ scriptPath, container, signal, onEvent }) => {
    if (signal.aborted) return failed('It was not begun');
    const child: Child = spawn(bashPath, [scriptPath, container], {
      ...{ env: pullEnvironment(env), cwd: '/', detached: true, stdio: ['ignore', 'pipe', 'pipe'] },
    });
    const stop = () => endProcessGroup(child, killAfterMs);
    signal.addEventListener('abort', stop, { once: true });
    try {
      return await endingOf(child, onEvent);
    } finally {
      signal.removeEventListener('abort', stop);
    }
  };
}

async function endingOf(child: Child, onEvent: PullOrder['onEvent']): Promise<PullEnding> {
  const broken = new Promise<PullEnding>((resolve) => child.once('error', ({ message }) => resolve(failed(message))));
  if (!hasPipes(child)) return await broken;
  let ending: PullEnding | undefined;
  let complaint = '';
  createInterface({ input: child.stdout }).on('line', (line) => {
    const event = parseEvent(line);
    if (event === undefined) ending = parseEnding(line) ?? ending;
    else onEvent(event);
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint = (complaint + text).slice(-maxErrorLength);
  });
  const closed = new Promise<PullEnding>((resolve) => {
    child.once('close', () => resolve(ending ?? failed(`The script that pulls has ended early: ${complaint.trim()}`)));
  });
  return await Promise.race([broken, closed]);
}

/** The last line that the script tells: `pulled`, or `failed TAB reason TAB message`. */
function parseEnding(line: string): PullEnding | undefined {
  if (line === 'pulled') return { kind: 'pulled' };
  const [word, reason = '', ...message] = line.split('\t');
  return word === 'failed' ? { kind: 'failed', reason, message: unescapeLine(message.join('\t')) } : undefined;
}

function failed(message: string): PullEnding {
  return { kind: 'failed', reason: 'ErrImagePull', message };
}

const kept = /^(PATH|HOME|USER|LOGNAME|TMPDIR|LD_LIBRARY_PATH|LANG|SSL_CERT_\w+|\w+_(proxy|PROXY))$/;

/** Where programs and temporary files are, and the way out; neither tokens of the sidecar's nor options of Slurm or Apptainer. */
function pullEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => kept.test(name)));
}
