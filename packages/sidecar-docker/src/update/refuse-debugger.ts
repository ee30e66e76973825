import { type Container, InterLinkError, type PodRequest } from '@interlink/sidecar-sdk';
import { assertRunnable } from '../container/refusal.ts';
import type { Engine } from '../engine/engine.ts';
import type { SitePolicy } from '../site/site-policy.ts';
import { findContainer, type PodSnapshot } from '../status/pod-snapshot.ts';
import type { VolumeSite } from '../volumes/volume-site.ts';

/** Why an ephemeral container can't be had here, or undefined. It is refused by itself: the pod and its other changes are not. */
export async function refuseDebugger(
  wanted: Container,
  snapshot: PodSnapshot,
  context: {
    readonly request: PodRequest;
    readonly volumes: VolumeSite;
    readonly engine: Engine;
    readonly policy: SitePolicy;
  },
): Promise<string | undefined> {
  const { request, engine, volumes, policy } = context;
  const { initContainers: _init, ephemeralContainers: _others, volumes: declared = [], ...spec } = request.pod.spec;
  // Of those that it does not mount an update says no more than the pod's author did.
  const mounted = declared.filter(({ name }) => wanted.volumeMounts?.some((mount) => mount.name === name));
  const pod = { ...request.pod, spec: { ...spec, volumes: mounted, containers: [wanted] } };
  try {
    assertRunnable(pod, policy);
    await volumes.assertMountable(pod);
    const target = targetOf(wanted);
    if (target !== '' && findContainer(snapshot, target)?.status !== 'running') {
      return `container ${target}, whose processes it is to see, does not run`;
    }
    const writable = (await volumes.mountsOf(wanted, pod)).filter(({ ReadOnly: isReadOnly }) => !isReadOnly);
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
