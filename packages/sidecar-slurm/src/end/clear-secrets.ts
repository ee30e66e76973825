import { join } from 'node:path';
import { declared, listNames, type Pod, removeTree } from '@interlink/sidecar-sdk';
import type { PodFolder } from '../folder/pod-folder.ts';

/** What stays of a container: how it ended, and its logs. */
const kept = /^(state|\d+)$/;

/**
 * Removes what can hold secrets from the folder of a pod whose job has ended: commands, environments, files of volumes, logins, a
 * site's script; and images that were pulled for this pod alone. States and logs stay for as long as the pod is there. Called again, it finds nothing.
 */
export async function clearSecrets(folder: PodFolder, pod: Pod): Promise<void> {
  const secret = (await listNames(folder.path)).filter((name) =>
    /^(auth(-\d+)?\.json|script\.sh|pull\.sh|images)$/.test(name),
  );
  const containers = await Promise.all(
    declared(pod).map(async ({ spec }) => {
      const path = join(folder.path, 'containers', spec.name);
      return (await listNames(path)).filter((name) => !kept.test(name)).map((name) => join(path, name));
    }),
  );
  const paths = [join(folder.path, 'volumes'), ...secret.map((name) => join(folder.path, name)), ...containers.flat()];
  await Promise.all(paths.map(removeTree));
}
