import type { Pod } from '@interlink/kube';
import { renderResources } from '../status/container-resources.ts';

/**
 * What of a pod's spec can change while it runs, and matters to its backend: what it is, in words for users, and how it is. Tolerations
 * and grace periods are the virtual kubelet's own affair.
 */
export type ChangeableParts = ReadonlyMap<string, string>;

export function changeableParts({ spec }: Pod, options: { withDeadline: boolean }): ChangeableParts {
  const parts = new Map<string, string>();
  for (const container of [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])]) {
    parts.set(`the image of container ${container.name}`, container.image ?? '');
    parts.set(resourcesOf(container.name), renderResources(container.resources));
  }
  for (const { name } of spec?.ephemeralContainers ?? []) parts.set(ephemeral(name), '');
  if (options.withDeadline) parts.set('activeDeadlineSeconds', String(spec?.activeDeadlineSeconds ?? ''));
  return parts;
}

/** The parts of `after` that are not so in `before`. */
export function changedParts(before: ChangeableParts, after: ChangeableParts): string[] {
  return [...after].filter(([part, value]) => before.get(part) !== value).map(([part]) => part);
}

export function withoutEphemeral(parts: ChangeableParts, isLeftOut: (name: string) => boolean): ChangeableParts {
  const prefix = ephemeral('');
  return new Map([...parts].filter(([part]) => !part.startsWith(prefix) || !isLeftOut(part.slice(prefix.length))));
}

export function resourcesOf(container: string): string {
  return `the resources of container ${container}`;
}

export function ephemeral(container: string): string {
  return `ephemeral container ${container}`;
}
