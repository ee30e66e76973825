import { type Container, InterLinkError, type PodRequest } from '@interlink/sidecar-sdk';
import { toMounts } from '../container/mounts.ts';
import { assertRunnable, type SitePolicy } from '../container/refusal.ts';
import type { Engine } from '../engine/engine.ts';
import { findContainer, type PodSnapshot } from '../status/pod-snapshot.ts';

/** Why an ephemeral container can't be had here, or undefined. It is refused by itself: the pod and its other changes are not. */
export async function refuseDebugger(
  spec: Container,
  snapshot: PodSnapshot,
  context: {
    readonly request: PodRequest;
    readonly root: string;
    readonly engine: Engine;
    readonly policy: SitePolicy;
  },
): Promise<string | undefined> {
  const { request, root, engine, policy } = context;
  const { uid } = snapshot.pod;
  const { initContainers: _init, ...pod } = request.pod.spec;
  try {
    assertRunnable({ ...pod, containers: [spec] }, policy);
    const target = targetOf(spec);
    if (target !== '' && findContainer(snapshot, target)?.status !== 'running') {
      return `container ${target}, whose processes it is to see, does not run`;
    }
    const writable = toMounts(spec, pod, { root, uid }).filter(({ ReadOnly: isReadOnly }) => !isReadOnly);
    for (const container of snapshot.containers) {
      if (writable.length === 0) continue;
      const { HostConfig: host } = await engine.inspectContainer(container.id);
      // As in refuseSubPaths: a link planted above a mount leads out of the volume when that container is started again.
      const below = host.Mounts?.find(({ Source: source }) =>
        writable.some((mount) => source.startsWith(`${mount.Source}/`)),
      );
      if (below !== undefined) return `it could write above ${below.Target} of container ${container.labels.container}`;
    }
    return undefined;
  } catch (error) {
    return InterLinkError.from(error).message;
  }
}

/** The container whose processes an ephemeral one is to see; empty: none. */
export function targetOf(spec: Container): string {
  return 'targetContainerName' in spec && typeof spec.targetContainerName === 'string' ? spec.targetContainerName : '';
}
