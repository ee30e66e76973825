import { join } from 'node:path';
import { InterLinkError } from '@interlink/sidecar-sdk';

const uidShape = /^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$/;
const uidLength = 36;
const nameShape = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

/** Where a pod's files are: DataRootFolder, which the compute nodes see, too. */
export interface Roots {
  readonly pods: string;
  /** One file for each pod that has changed: see spool.ts. */
  readonly spool: string;
  readonly images: string;
  /** What is left of pods that are gone. */
  readonly ended: string;
}

/** @param root absolute. Folders of pods lie in it; whatever else does begins with a dot. */
export function rootsIn(root: string): Roots {
  return { pods: root, spool: join(root, '.spool'), images: join(root, '.images'), ended: join(root, '.ended') };
}

export interface PodKey {
  readonly uid: string;
  readonly namespace: string;
}

/** Whose folder has this name; undefined for what is none of a pod. */
export function parseFolderName(name: string): PodKey | undefined {
  const uid = name.slice(-uidLength);
  const namespace = name.slice(0, -uidLength - 1);
  return isUid(uid) && nameShape.test(namespace) && name === `${namespace}-${uid}` ? { uid, namespace } : undefined;
}

export function isUid(text: string): boolean {
  return uidShape.test(text);
}

/** The paths of one pod. Only checked names become part of a path. */
export class PodFolder {
  readonly path: string;

  /** @throws InterLinkError `invalid_argument` when UID or namespace have not the shape of one */
  constructor(root: string, { uid, namespace }: PodKey) {
    if (!isUid(uid)) throw new InterLinkError('invalid_argument', `${JSON.stringify(uid)} is not a pod UID`);
    if (!nameShape.test(namespace)) {
      throw new InterLinkError('invalid_argument', `${JSON.stringify(namespace)} is not a namespace`);
    }
    this.path = join(root, `${namespace}-${uid}`);
  }

  /** Files of the pod as a whole. */
  file(name: PodFile): string {
    return join(this.path, name);
  }

  volume(name: string): string {
    return join(this.path, 'volumes', name);
  }

  containerFolder(name: string): string {
    return join(this.path, 'containers', name);
  }

  container(name: string, file: 'state' | 'enter' | 'attach'): string {
    return join(this.containerFolder(name), file);
  }

  attempt(container: string, number: number): string {
    return join(this.containerFolder(container), String(number));
  }

  attemptFile(container: string, number: number, file: 'log' | 'termination'): string {
    return join(this.attempt(container, number), file);
  }
}

/**
 * Written by the sidecar: `request.json`, `update.json`, `job.sh`, `submission.json`, `stop`, `auth.json`, `script.sh`, `pull.sh`; by both, whoever is first:
 * `claim`; by the job: `runner`, `pod.state`, `events`, `usage`; by Slurm: `slurm.out`. Where nodes do not see this folder, the sidecar writes for
 * the job, and `link.json`.
 */
export type PodFile =
  | 'request.json'
  | 'update.json'
  | 'job.sh'
  | 'pull.sh'
  | 'submission.json'
  | 'claim'
  | 'runner'
  | 'stop'
  | 'auth.json'
  | 'pod.state'
  | 'events'
  | 'usage'
  | 'slurm.out'
  | 'link.json';
