import type { Container, Pod, Volume } from '@interlink/kube';
import { InterLinkError, type PodUpdate, parsePodUpdate, type RegistryCredential } from '@interlink/protocol';
import { withClaimFacts } from './claim-facts.ts';
import { PodObjects } from './pod-objects.ts';
import { resolveRegistryCredentials } from './registry-credentials.ts';
import { requestMetadata } from './request-metadata.ts';
import { resolveContainer } from './resolve-container.ts';
import { ResolveError, type ResolveNotice } from './resolve-error.ts';
import type { ResolvePodOptions } from './resolve-pod.ts';

export interface ResolvedUpdate {
  readonly update: PodUpdate;
  /** Ephemeral containers that are left out for now, and why. */
  readonly unresolved: ReadonlyMap<string, ResolveError>;
  readonly notices: ResolveNotice[];
}

/**
 * What the backend is told of a changed pod. Of containers that it has, name, image and resources: a running program's environment
 * never changes, and what it was made from may be gone. Ephemeral containers that are new to it come resolved.
 * @param isKnown whether the backend has this ephemeral container already
 * @throws InterLinkError `unavailable` when a pull secret can't be read now
 */
export async function resolveUpdate(
  pod: Pod,
  isKnown: (ephemeralContainer: string) => boolean,
  options: ResolvePodOptions,
): Promise<ResolvedUpdate> {
  const { node, signal, serviceEnv = new Map<string, string>() } = options;
  const objects = new PodObjects(options.objects, pod.metadata?.namespace ?? '', signal);
  const unresolved = new Map<string, ResolveError>();
  const notices: ResolveNotice[] = [];
  const ephemeralContainers = [];
  const volumes = new Map((pod.spec?.volumes ?? []).map((volume) => [volume.name, volume]));
  for (const container of pod.spec?.ephemeralContainers ?? []) {
    const { name } = container;
    if (isKnown(name)) {
      ephemeralContainers.push(outlineOf(container));
      continue;
    }
    const own: ResolveNotice[] = [];
    try {
      const resolved = await resolveContainer(container, { pod, node, objects, notices: own }, serviceEnv);
      for (const volume of await withClaimFacts(mountedBy(container, pod), objects)) volumes.set(volume.name, volume);
      ephemeralContainers.push(resolved);
      notices.push(...own.map((notice) => ({ ...notice, container: name })));
    } catch (error) {
      if (!(error instanceof ResolveError)) throw error;
      unresolved.set(name, error);
    }
  }
  const { containers = [], initContainers, ...rest } = pod.spec ?? {};
  const spec = {
    ...rest,
    ...(volumes.size === 0 ? {} : { volumes: [...volumes.values()] }),
    containers: containers.map(outlineOf),
    initContainers: initContainers?.map(outlineOf),
    ephemeralContainers,
  };
  const registryCredentials = await credentialsOf(pod, objects, notices);
  // Through JSON, as it will go over the wire: absent members are left out.
  const body = { pod: { metadata: requestMetadata(pod.metadata ?? {}), spec }, registryCredentials };
  return { update: parsePodUpdate(JSON.parse(JSON.stringify(body))), unresolved, notices };
}

/** Undefined: there are none. */
async function credentialsOf(
  pod: Pod,
  objects: PodObjects,
  notices: ResolveNotice[],
): Promise<RegistryCredential[] | undefined> {
  try {
    const resolved = await resolveRegistryCredentials(pod, objects);
    notices.push(...resolved.notices);
    return resolved.credentials.length === 0 ? undefined : resolved.credentials;
  } catch (error) {
    if (!(error instanceof ResolveError)) throw error;
    throw new InterLinkError('unavailable', error.message, { cause: error });
  }
}

/** Of the others nothing new is to be told. */
function mountedBy({ volumeMounts = [] }: Container, { spec }: Pod): Volume[] {
  return (spec?.volumes ?? []).filter(({ name }) => volumeMounts.some((mount) => mount.name === name));
}

function outlineOf({ name, image, imagePullPolicy, resources, restartPolicy, securityContext }: Container) {
  return { name, image, imagePullPolicy, resources, restartPolicy, securityContext };
}
