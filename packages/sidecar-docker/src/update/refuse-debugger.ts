import { type EphemeralContainer, InterLinkError } from '@interlink/sidecar-sdk';
import { assertRunnable } from '../container/refusal.ts';
import type { CreationContext } from '../pods/creation-context.ts';
import type { PodSnapshot } from '../status/pod-snapshot.ts';

/** Why an ephemeral container can't be had here, or undefined. It is refused by itself: the pod and its other changes are not. */
export async function refuseDebugger(
  wanted: EphemeralContainer,
  { slots }: PodSnapshot,
  context: CreationContext,
): Promise<string | undefined> {
  const { request, engine, volumes } = context;
  const { initContainers: _init, volumes: declared = [], ...spec } = request.pod.spec;
  // Of those that it does not mount an update says no more than the pod's author did.
  const mounted = declared.filter(({ name }) => wanted.volumeMounts?.some((mount) => mount.name === name));
  const pod = { ...request.pod, spec: { ...spec, volumes: mounted, containers: [wanted] } };
  try {
    assertRunnable(pod.spec);
    await volumes.assertMountable(pod);
    const target = wanted.targetContainerName ?? '';
    if (target !== '' && slots.find(({ entry }) => entry.name === target)?.container?.status !== 'running') {
      return `container ${target}, whose processes it is to see, does not run`;
    }
    const writable = (await volumes.mountsOf(wanted, pod)).filter(({ ReadOnly: isReadOnly }) => !isReadOnly);
    for (const { container } of slots) {
      if (container === undefined || writable.length === 0) continue;
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
