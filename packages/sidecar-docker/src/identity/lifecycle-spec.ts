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

/**
 * What of a pod's spec must outlive this process for the pod to be brought on: containers in their order, policies, probes, hooks. It is
 * kept in labels, which everybody can read who may ask the engine: no environment, no files.
 */
export function toLifecycleSpec(spec: PodSpec): PodSpec {
  return {
    ...pick(spec, podFields),
    containers: spec.containers.map(toLifecycleContainer),
    ...(spec.initContainers === undefined ? {} : { initContainers: spec.initContainers.map(toLifecycleContainer) }),
  };
}

export function toLifecycleContainer(container: Container): Container {
  return { name: container.name, ...pick(container, containerFields) };
}

function pick<T extends object>(from: T, fields: ReadonlyArray<string>): Partial<T> {
  return Object.fromEntries(Object.entries(from).filter(([key]) => fields.includes(key))) as Partial<T>;
}
