import type { Container, Pod, PodRequest } from '@interlink/sidecar-sdk';
import { type SecuritySettings, toSecuritySettings } from '../container/security-context.ts';

/** Where it is said who a container's processes may be, which never changes in a pod's life. */
export interface SecuritySources {
  /** Undefined: it is lost. */
  readonly request: Pod | undefined;
  /** As labels have it: those of older sidecars say nothing of it. */
  readonly labelled: Pod;
  /** Its owner may leave it out. */
  readonly updated: Pod | undefined;
}

/** Who a container's processes may be, by what is still known of its pod. */
export function rememberedSecurity(
  name: string,
  { request, labelled, updated = labelled }: SecuritySources,
): SecuritySettings {
  const isLabelled = (labelled.spec.securityContext ?? findSpec(labelled, name)?.securityContext) !== undefined;
  const pod = request ?? (isLabelled ? labelled : updated);
  return toSecuritySettings(findSpec(pod, name) ?? { name }, pod.spec);
}

/**
 * What an ephemeral container is made from once its pod's own request is lost: the update that brought it, whose owner may leave out who
 * processes of the pod may be. Labels have that, unless an older sidecar made them.
 */
export function withRememberedSecurity(updated: PodRequest, { spec: labelled }: Pick<Pod, 'spec'>): PodRequest {
  const { pod } = updated;
  const securityContext = { ...pod.spec.securityContext, ...labelled.securityContext };
  return { ...updated, pod: { ...pod, spec: { ...pod.spec, securityContext } } };
}

/** A container of any kind, by its name. */
export function findSpec({ spec }: Pod, name: string): Container | undefined {
  const all = [...(spec.initContainers ?? []), ...spec.containers, ...(spec.ephemeralContainers ?? [])];
  return all.find((container) => container.name === name);
}
