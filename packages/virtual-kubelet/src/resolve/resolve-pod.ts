/**
 * From a Kubernetes Pod to what a backend can run without ever asking the Kubernetes API.
 *
 *   resolve-pod.ts             the whole: volumes, then containers, then tokens
 *   resolve-volumes.ts         volume -> files            (volume-files, projected-files, volume-path, fetch-tokens)
 *   resolve-container.ts       container -> plain one     (container-env, env-from, env-value, expand-variables, volume-mounts, probe-commands)
 *   claim-facts.ts             what a backend must know of claims
 *   registry-credentials.ts    imagePullSecrets -> what images are pulled by     (docker-config)
 *   field-ref.ts, resource-field-ref.ts   the downward API
 *   object-reader.ts           the reads, the only side effect (shared-reads); pod-objects.ts: a pod's view of them
 *   pod-tokens.ts              tokens at hand, and when they are renewed
 *   object-watches.ts          one watch per object however many pods use it; missing-object-watches.ts: wakes who lacks one
 */
import type { Container, Pod } from '@interlink/kube';
import { InterLinkError, type PodRequest, parsePodRequest } from '@interlink/protocol';
import { withClaimFacts } from './claim-facts.ts';
import { fetchTokens } from './fetch-tokens.ts';
import type { NodeFacts } from './node-facts.ts';
import type { ObjectReader } from './object-reader.ts';
import { PodObjects, warning } from './pod-objects.ts';
import { resolveRegistryCredentials } from './registry-credentials.ts';
import { requestMetadata } from './request-metadata.ts';
import { resolveContainer } from './resolve-container.ts';
import { ResolveError, type ResolveNotice } from './resolve-error.ts';
import { resolveVolumes } from './resolve-volumes.ts';

export type { NodeFacts } from './node-facts.ts';
export { type MissingObject, ResolveError, type ResolveNotice } from './resolve-error.ts';

export interface ResolvedPod {
  request: PodRequest;
  /** What was left out because it is optional, and the like. */
  notices: ResolveNotice[];
  /** Which versions of the objects it was made from: {@link PodObjects.versions}. */
  versions: ReadonlyMap<string, string | undefined>;
}

export interface ResolvePodOptions {
  objects: ObjectReader;
  node: NodeFacts;
  signal: AbortSignal;
  /** Variables that tell where services are, for every container. Default: none. */
  serviceEnv?: ReadonlyMap<string, string>;
}

/**
 * Resolves a pod as the kubelet does: volumes first, then init containers, then containers.
 * @throws ResolveError when something mandatory is missing or wrong; the signal's reason when aborted
 */
export async function resolvePod(pod: Pod, options: ResolvePodOptions): Promise<ResolvedPod> {
  const { node, signal, serviceEnv = new Map<string, string>() } = options;
  const objects = new PodObjects(options.objects, pod.metadata?.namespace ?? '', signal);
  const notices: ResolveNotice[] = [];
  const drafts = await resolveVolumes(pod.spec?.volumes ?? [], { pod, node, objects });

  const resolveAll = async (containers: Container[]) => {
    const resolved = [];
    for (const container of containers) {
      const own: ResolveNotice[] = [];
      resolved.push(await resolveContainer(container, { pod, node, objects, notices: own }, serviceEnv));
      notices.push(...own.map((notice) => ({ ...notice, container: container.name })));
    }
    return resolved;
  };
  const told = pod.spec?.volumes === undefined ? undefined : await withClaimFacts(pod.spec.volumes, objects);
  const { containers = [], initContainers, ephemeralContainers: _debuggers, ...spec } = pod.spec ?? {};
  const resolvedSpec = {
    ...spec,
    ...(told === undefined ? {} : { volumes: told }),
    ...(initContainers === undefined ? {} : { initContainers: await resolveAll(initContainers) }),
    containers: await resolveAll(containers),
  };
  const { credentials, notices: ofSecrets } = await resolveRegistryCredentials(pod, objects);
  notices.push(...ofSecrets);
  const volumes = await fetchTokens(drafts, pod, { objects: options.objects, signal });
  const request = toRequest(pod, resolvedSpec, {
    volumes,
    ...(credentials.length === 0 ? {} : { registryCredentials: credentials }),
  });
  return { request, notices, versions: objects.versions };
}

function toRequest(pod: Pod, spec: object, more: Omit<PodRequest, 'pod'>): PodRequest {
  try {
    return parsePodRequest({ pod: { metadata: requestMetadata(pod.metadata ?? {}), spec }, ...more });
  } catch (err) {
    if (!(err instanceof InterLinkError)) throw err;
    const notices = [warning('Failed', `Error: ${err.message}`)];
    throw new ResolveError(err.message, { reason: 'CreateContainerConfigError', notices });
  }
}
