import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import {
  type Container,
  type Owner,
  type Pod,
  type PodRequest,
  type Probe,
  writeVolumeFiles,
} from '@interlink/sidecar-sdk';
import { isUid, PodFolder } from './folder/pod-folder.ts';
import type { StoredPod } from './folder/stored-pod.ts';
import type { PlannedPull } from './pull/plan-pulls.ts';

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
 */
export async function writePod(
  root: string,
  { request, owner, acceptedAt, order, pulls, files }: NewPod,
): Promise<void> {
  const { uid } = request.pod.metadata;
  const folder = new PodFolder(root, request.pod.metadata);
  const draft = join(root, `.new-${uid}-${randomUUID()}`);
  try {
    for (const name of deepest(['volumes', 'containers', ...files.map(({ path }) => dirname(path))]))
      await mkdir(join(draft, name), { recursive: true, mode: 0o700 });
    for (const { name } of request.pod.spec.volumes ?? []) await mkdir(join(draft, 'volumes', name), { mode: 0o700 });
    for (const volume of request.volumes)
      await writeVolumeFiles(join(draft, 'volumes', volume.name), volume.files, undefined);
    for (const { path, content, mode } of files) await writeFile(join(draft, path), content, { mode });
    const stored: StoredPod = { owner, pod: withoutSecrets(request.pod), acceptedAt, order, pulls };
    await writeFile(join(draft, 'request.json'), JSON.stringify(stored), { mode: 0o600 });
    await rename(draft, folder.path);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    if (!isTaken(error)) throw error;
  }
}

/** Of folders those in which none of the others lies: those above come with them. */
function deepest(names: ReadonlyArray<string>): string[] {
  return [...new Set(names)].filter((name) => name !== '.' && !names.some((other) => other.startsWith(`${name}/`)));
}

export interface NewPod {
  readonly request: PodRequest;
  readonly owner: Owner;
  readonly acceptedAt: string;
  readonly order: StoredPod['order'];
  readonly pulls: ReadonlyArray<PlannedPull>;
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
