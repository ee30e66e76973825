import { join } from 'node:path';
import { type EphemeralContainer, InterLinkError, type Owner, type PodRequest } from '@interlink/sidecar-sdk';
import { attemptFiles } from '../runner/records.ts';

/** `request.json`: what was asked for, by whom and when (RFC 3339). Written before the folder gets its name, never changed. */
export interface StoredPod {
  readonly owner: Owner;
  readonly request: PodRequest;
  readonly acceptedAt: string;
}

/** `update.json`: what has changed since, at which generation; replaced by each update. */
export interface StoredUpdate {
  readonly generation: number;
  readonly containers: ReadonlyArray<{ readonly name: string; readonly image: string }>;
  /** All that ever were added, as they came first. */
  readonly ephemeralContainers: ReadonlyArray<EphemeralContainer>;
  readonly activeDeadlineSeconds?: number;
}

/** `stop.json`: the pod is to end. Times are milliseconds since the epoch. */
export interface StopOrder {
  /** And then it goes. */
  readonly cause: 'deleted';
  readonly orderedAtMs: number;
  readonly killAtMs: number;
}

const uidShape = /^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$/;

/** True for the folder of a pod; drafts and leftovers begin with a dot. */
export function isPodFolderName(name: string): boolean {
  return uidShape.test(name);
}

/** The paths of one pod, under the folder of all pods. Only checked names become part of a path. */
export class PodFolder {
  readonly path: string;
  readonly scratch: string;
  readonly temporary: string;
  readonly request: string;
  readonly update: string;
  readonly stop: string;

  /** @throws InterLinkError `invalid_argument` when the UID has not the shape of one */
  constructor(podsFolder: string, uid: string) {
    if (!isPodFolderName(uid)) throw new InterLinkError('invalid_argument', `${JSON.stringify(uid)} is not a pod UID`);
    this.path = join(podsFolder, uid);
    this.scratch = join(this.path, 'scratch');
    this.temporary = join(this.path, 'tmp');
    this.request = join(this.path, 'request.json');
    this.update = join(this.path, 'update.json');
    this.stop = join(this.path, 'stop.json');
  }

  volume(name: string): string {
    return join(this.path, 'volumes', name);
  }

  container(name: string): string {
    return join(this.path, 'containers', name);
  }

  attempt(container: string, number: number): string {
    return join(this.container(container), String(number));
  }

  attemptFile(container: string, number: number, file: keyof typeof attemptFiles): string {
    return join(this.attempt(container, number), attemptFiles[file]);
  }
}
