import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Container, type Pod, type PodRequest, type Probe, writeVolumeFiles } from '@interlink/sidecar-sdk';
import { isUid, PodFolder } from './folder/pod-folder.ts';
import type { StoredPod } from './folder/stored-pod.ts';

/** A file of a pod's folder, by its path below it. */
export interface PodFileContent {
  readonly path: string;
  readonly content: string | Buffer;
  /** 0600 unless it is to be run. */
  readonly mode: 0o600 | 0o700;
}

/**
 * Makes a pod's folder. It is written beside and gets its name at the end, so that a pod is there whole or not at all; one that is there
 * already stays as it is. Environments and files of volumes lie in it as files of their own, which go when the job ends.
 *
 * @returns false when it was there
 */
export async function writePod(root: string, { request, files, ...rest }: NewPod): Promise<boolean> {
  const { uid } = request.pod.metadata;
  const folder = new PodFolder(root, request.pod.metadata);
  const draft = join(root, `.new-${uid}-${randomUUID()}`);
  try {
    const volumes = (request.pod.spec.volumes ?? []).map(({ name }) => join('volumes', name));
    for (const name of withParents([...files.map(({ path }) => dirname(path)), ...volumes]))
      await mkdir(join(draft, name), { recursive: true, mode: 0o700 });
    for (const volume of request.volumes)
      await writeVolumeFiles(join(draft, 'volumes', volume.name), volume.files, undefined);
    const stored: StoredPod = { ...rest, pod: withoutSecrets(request.pod) };
    const record: PodFileContent = { path: 'request.json', content: JSON.stringify(stored), mode: 0o600 };
    await writeAll(draft, [...files, record]);
    await rename(draft, folder.path);
    return true;
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    if (!isTaken(error)) throw error;
    return false;
  }
}

/** Folders and all above them, those first: to make one after the other takes fewer calls than to find out which are missing. */
function withParents(names: ReadonlyArray<string>): ReadonlySet<string> {
  const all = new Set(['.']);
  for (const name of names) {
    const parts = name.split('/');
    for (const index of parts.keys()) all.add(join(...parts.slice(0, index + 1)));
  }
  return all;
}

/** Side by side: each is a way to the disk, or to a file server, and back. Returns when none is under way any more. */
async function writeAll(folder: string, files: ReadonlyArray<PodFileContent>): Promise<void> {
  const writing = files.map(async ({ path, content, mode }) => await writeFile(join(folder, path), content, { mode }));
  const failure = (await Promise.allSettled(writing)).find(({ status }) => status === 'rejected');
  if (failure?.status === 'rejected') throw failure.reason;
}

export interface NewPod extends Omit<StoredPod, 'pod'> {
  readonly request: PodRequest;
  readonly files: ReadonlyArray<PodFileContent>;
}

/** Removes what a crash left of pods that were being made. */
export async function sweepLeftovers(root: string): Promise<void> {
  for (const name of await readdir(root)) {
    const [, uid = ''] = /^\.new-(.{36})/.exec(name) ?? [];
    if (isUid(uid)) await rm(join(root, name), { recursive: true, force: true });
  }
}

/** `$(VAR)` in the words of a command, a probe or a hook may stand for a secret, too, and so may a header. */
function withoutSecrets({ metadata, spec }: Pod): Pod {
  const { initContainers, containers } = spec;
  return {
    metadata,
    spec: {
      ...spec,
      containers: containers.map(stripContainer),
      ...(initContainers === undefined ? {} : { initContainers: initContainers.map(stripContainer) }),
    },
  };
}

function stripContainer({ env: _env, command: _command, args: _args, lifecycle, ...kept }: Container): Container {
  const { startupProbe, livenessProbe, readinessProbe } = kept;
  return {
    ...kept,
    ...(startupProbe === undefined ? {} : { startupProbe: stripAction(startupProbe) }),
    ...(livenessProbe === undefined ? {} : { livenessProbe: stripAction(livenessProbe) }),
    ...(readinessProbe === undefined ? {} : { readinessProbe: stripAction(readinessProbe) }),
    ...(lifecycle === undefined ? {} : { lifecycle: stripHooks(lifecycle) }),
  };
}

type Hooks = NonNullable<Container['lifecycle']>;

function stripHooks({ postStart, preStop, ...kept }: Hooks): Hooks {
  return {
    ...kept,
    ...(postStart === undefined ? {} : { postStart: stripAction(postStart) }),
    ...(preStop === undefined ? {} : { preStop: stripAction(preStop) }),
  };
}

function stripAction<T extends Pick<Probe, 'exec' | 'httpGet'>>(action: T): T {
  const { exec, httpGet } = action;
  return {
    ...action,
    ...(exec === undefined ? {} : { exec: {} }),
    ...(httpGet === undefined ? {} : { httpGet: { ...httpGet, httpHeaders: [] } }),
  };
}

function isTaken(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOTEMPTY' || error.code === 'EEXIST');
}
