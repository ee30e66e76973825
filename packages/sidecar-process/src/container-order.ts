import type { Container } from '@interlink/sidecar-sdk';
import type { PodFolder } from './folder/pod-folder.ts';
import type { RunOrder } from './runner/records.ts';

const path = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** Names the file that stands for a container's `terminationMessagePath`. */
export const terminationVariable = 'INTERLINK_TERMINATION_LOG';

/**
 * What a container's runner is to run. Its environment is the pod's own over a minimal PATH, HOME and TMPDIR, one variable per
 * mounted volume and {@link terminationVariable}; nothing of the sidecar's environment gets in.
 */
export function toRunOrder(
  container: Container,
  folder: PodFolder,
  attempt: { readonly number: number; readonly failuresBefore: number },
): RunOrder {
  const { name, command = [], args = [], env = [], workingDir } = container;
  const volumes = mountedVolumes(container).map(([variable, mount]) => [variable, folder.volume(mount.name)]);
  const own = env.map((each) => [each.name, each.value ?? '']);
  return {
    argv: [...command, ...args],
    env: {
      ...{ PATH: path, HOME: folder.scratch, TMPDIR: folder.temporary },
      [terminationVariable]: folder.attemptFile(name, attempt.number, 'termination'),
      ...Object.fromEntries([...volumes, ...own]),
    },
    ...(workingDir === undefined ? {} : { workingDir }),
    scratch: folder.scratch,
    failuresBefore: attempt.failuresBefore,
  };
}

/** The variable that names each mounted volume's folder: `INTERLINK_VOLUME_MY_DATA` for the volume `my-data`. */
export function mountedVolumes(
  container: Container,
): Array<[variable: string, mount: { name: string; mountPath: string }]> {
  return (container.volumeMounts ?? []).map((mount) => [
    `INTERLINK_VOLUME_${mount.name.toUpperCase().replaceAll('-', '_')}`,
    mount,
  ]);
}
