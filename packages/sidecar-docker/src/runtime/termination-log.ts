import { chmod, mkdir, open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Container } from '@interlink/sidecar-sdk';
import type Docker from 'dockerode';
import type { Engine } from '../engine/engine.ts';
import { demultiplex } from '../log/demux.ts';
import { inDataRoot } from '../volumes/data-root.ts';
import { podFolder } from '../volumes/volume-paths.ts';

/** As much as the kubelet takes. */
const maxBytes = 4_096;
const maxLogBytes = 2_048;
const maxLogLines = 80;
const defaultPath = '/dev/termination-log';

interface AttemptName {
  readonly container: string;
  readonly number: number;
}

/** Where files of one attempt are: its termination log. */
export function attemptFolder(root: string, uid: string, { container, number }: AttemptName): string {
  return join(podFolder(root, uid), 'containers', container, String(number));
}

/**
 * Makes the empty file that a container writes its last word into, and mounts it: for whichever user the container has.
 * @see https://kubernetes.io/docs/tasks/debug/debug-application/determine-reason-pod-failure/
 */
export async function mountTerminationLog(
  { terminationMessagePath }: Pick<Container, 'terminationMessagePath'>,
  place: { readonly root: string; readonly uid: string; readonly attempt: AttemptName },
): Promise<Docker.MountSettings> {
  const folder = attemptFolder(place.root, place.uid, place.attempt);
  const file = join(folder, 'termination-log');
  await inDataRoot(place.root, async () => {
    await mkdir(folder, { recursive: true, mode: 0o755 });
    await writeFile(file, '', { flag: 'a' });
    // Whatever the umask.
    await chmod(file, 0o666);
  });
  return {
    Type: 'bind',
    Source: file,
    Target: terminationMessagePath ?? defaultPath,
    ReadOnly: false,
    BindOptions: { Propagation: 'rprivate' },
  };
}

export async function readTerminationLog(root: string, uid: string, attempt: AttemptName): Promise<string> {
  try {
    await using file = await open(join(attemptFolder(root, uid, attempt), 'termination-log'), 'r');
    const { buffer, bytesRead } = await file.read(Buffer.alloc(maxBytes), 0, maxBytes, 0);
    return buffer.toString('utf8', 0, bytesRead);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw error;
  }
}

/** The end of a container's log, for `FallbackToLogsOnError`. */
export async function lastLogLines(containerId: string, engine: Engine): Promise<string> {
  const query = { stdout: true, stderr: true, tail: String(maxLogLines) };
  const { Config: config } = await engine.inspectContainer(containerId);
  const stream = await engine.logs(containerId, query, AbortSignal.timeout(10_000));
  let end = Buffer.alloc(0);
  for await (const chunk of config.Tty ? stream : demultiplex(stream)) {
    end = Buffer.concat([end, Buffer.from(chunk)]);
    end = end.subarray(Math.max(0, end.length - maxLogBytes));
  }
  return end.toString('utf8');
}
