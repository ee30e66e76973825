import type { Container } from '@interlink/sidecar-sdk';
import type { PodFolder } from './folder/pod-folder.ts';
import type { RunOrder } from './runner/records.ts';

const path = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/**
 * What a container's runner is to run. Its environment is the pod's own over a minimal PATH, HOME and TMPDIR, and one
 * variable per mounted volume; nothing of the sidecar's environment gets in.
 * @param cwd an existing folder
 */
export function toRunOrder(container: Container, folder: PodFolder, cwd: string, failuresBefore: number): RunOrder {
  const volumes = mountedVolumes(container).map(([variable, { name }]) => [variable, folder.volume(name)]);
  const own = (container.env ?? []).map(({ name, value }) => [name, value ?? '']);
  return {
    argv: [...(container.command ?? []), ...(container.args ?? [])],
    env: { PATH: path, HOME: folder.scratch, TMPDIR: folder.temporary, ...Object.fromEntries([...volumes, ...own]) },
    cwd,
    failuresBefore,
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
