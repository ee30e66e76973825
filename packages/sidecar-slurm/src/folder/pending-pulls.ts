import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { listNames } from '@interlink/sidecar-sdk';
import type { PlannedPull } from '../pull/plan-pulls.ts';
import type { PodFolder } from './pod-folder.ts';
import type { StoredPod } from './stored-pod.ts';

const logins = /^auth(-\d+)?\.json$/;

/** The images that are to be pulled before the pod gets its job: those of `request.json` for as long as `pull.sh` is there. */
export async function readPulls(folder: PodFolder, { pulls = [] }: StoredPod): Promise<ReadonlyArray<PlannedPull>> {
  if (pulls.length === 0) return [];
  return (await listNames(folder.path)).includes('pull.sh') ? pulls : [];
}

/** All are there: the job needs no logins. */
export async function forgetPulls(folder: PodFolder): Promise<void> {
  const names = (await listNames(folder.path)).filter((name) => logins.test(name));
  await Promise.all(names.map(async (name) => await rm(join(folder.path, name), { force: true })));
  await rm(folder.file('pull.sh'), { force: true });
}
