import { InterLinkError, type PodLifecycle, type PodReport, type PodUpdate } from '@interlink/sidecar-sdk';
import { PodFolder, type StoredPod, type StoredUpdate } from './folder/pod-folder.ts';
import { readJson } from './folder/read-json.ts';
import { writeWhole } from './runner/whole-file.ts';

export interface UpdateOptions {
  readonly podsFolder: string;
  readonly lifecycle: PodLifecycle;
}

/**
 * Writes the new spec into the pod's folder and starts its new ephemeral containers, one more process each. Images are ignored and
 * resources are not enforced here: of these only the words change. @throws InterLinkError `not_found`
 */
export async function updatePod({ podsFolder, lifecycle }: UpdateOptions, { pod }: PodUpdate): Promise<PodReport> {
  const { uid, namespace, name, generation } = pod.metadata;
  const folder = new PodFolder(podsFolder, uid);
  const notFound = () => new InterLinkError('not_found', `No pod ${namespace}/${name} (${uid}) here`);
  if ((await readJson<StoredPod>(folder.request)) === undefined) throw notFound();
  const before = (await readJson<StoredUpdate>(folder.update))?.ephemeralContainers ?? [];
  const known = new Set(before.map((container) => container.name));
  // One without an environment is taken for known, and comes again when our report lacks it.
  const added = (pod.spec.ephemeralContainers ?? []).filter((each) => !known.has(each.name) && each.env !== undefined);
  const { activeDeadlineSeconds } = pod.spec;
  const update: StoredUpdate = {
    generation,
    containers: pod.spec.containers.map(({ name: container, image = '' }) => ({ name: container, image })),
    ephemeralContainers: [...before, ...added],
    ...(activeDeadlineSeconds === undefined ? {} : { activeDeadlineSeconds }),
  };
  writeWhole(folder.update, update);
  const report = await lifecycle.settle(uid);
  if (report === undefined) throw notFound();
  return report;
}
