import type { Container, PodSpec } from '@interlink/sidecar-sdk';

const podFields = ['restartPolicy', 'terminationGracePeriodSeconds', 'activeDeadlineSeconds'] as const;

const containerFields = [
  'name',
  'image',
  'imagePullPolicy',
  'restartPolicy',
  'restartPolicyRules',
  'ports',
  'livenessProbe',
  'readinessProbe',
  'startupProbe',
  'lifecycle',
  'terminationMessagePath',
  'terminationMessagePolicy',
] as const;

/** Who its processes may be: judged anew for each image. */
const securityFields = ['runAsUser', 'runAsGroup', 'runAsNonRoot'] as const;

/**
 * What of a pod's spec must outlive this process for the pod to be brought on: containers in their order, policies, probes, hooks, and who
 * may run in them. It is kept in labels, which everybody can read who may ask the engine: no environment, no files.
 */
export function toLifecycleSpec(spec: PodSpec): PodSpec {
  return {
    ...pick(spec, podFields),
    ...pickSecurity(spec.securityContext),
    containers: spec.containers.map(toLifecycleContainer),
    ...(spec.initContainers === undefined ? {} : { initContainers: spec.initContainers.map(toLifecycleContainer) }),
  };
}

export function toLifecycleContainer(container: Container): Container {
  const { name, securityContext } = container;
  return { name, ...pick(container, containerFields), ...pickSecurity(securityContext) };
}

function pickSecurity<T extends object>(context: T | undefined): { securityContext?: Partial<T> } {
  const picked = pick(context ?? {}, securityFields) as Partial<T>;
  return Object.keys(picked).length === 0 ? {} : { securityContext: picked };
}

function pick<T extends object>(from: T, fields: ReadonlyArray<string>): Partial<T> {
  return Object.fromEntries(Object.entries(from).filter(([key]) => fields.includes(key))) as Partial<T>;
}
