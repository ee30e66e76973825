import type { ConfigMap, Container, EnvVar, EnvVarSource, Pod, Secret } from '@interlink/kube';
import { envFieldValue } from './field-ref.ts';
import type { NodeFacts } from './node-facts.ts';
import { type PodObjects, quote, type Reference, warning } from './pod-objects.ts';
import { type ResolveNotice, Unresolvable } from './resolve-error.ts';
import { resourceFieldValue } from './resource-field-ref.ts';
import { secretText } from './secret-text.ts';

/** Where a variable's value may come from. */
export interface EnvSources {
  pod: Pod;
  container: Container;
  node: NodeFacts;
  objects: PodObjects;
  /** Takes what is noticed on the way. */
  notices: ResolveNotice[];
}

/**
 * The value of a variable with a `valueFrom`, as it is: it is not expanded.
 * @returns undefined when it is optional and not there
 * @throws Unresolvable
 */
export async function envValueFrom(
  name: string,
  source: EnvVarSource,
  sources: EnvSources,
): Promise<string | undefined> {
  const { configMapKeyRef, secretKeyRef, fieldRef, resourceFieldRef } = source;
  if (fieldRef !== undefined) return envFieldValue(fieldRef.fieldPath, sources.pod, sources.node);
  if (resourceFieldRef !== undefined) {
    return resourceFieldValue(resourceFieldRef, sources.pod, sources.node, sources.container.name);
  }
  if (configMapKeyRef !== undefined)
    return keyValue(name, { kind: 'ConfigMap', ...withDefaults(configMapKeyRef) }, sources);
  if (secretKeyRef !== undefined) return keyValue(name, { kind: 'Secret', ...withDefaults(secretKeyRef) }, sources);
  const [unknown = 'nothing'] = Object.keys(source);
  throw new Unresolvable(`environment variable ${quote(name)}: valueFrom ${unknown} is not supported`);
}

async function keyValue(
  variable: EnvVar['name'],
  reference: Reference & { key: string },
  { objects, notices }: EnvSources,
): Promise<string | undefined> {
  const { kind, name, key, optional } = reference;
  const word = kind.toLowerCase();
  const skip = (reason: string, why: string) =>
    notices.push(warning(reason, `skipping optional envvar ${quote(variable)}: ${why}`));
  const object: ConfigMap | Secret | undefined = await objects.find(kind, reference);
  if (object === undefined) {
    skip(`Optional${kind}NotFound`, `${word} ${quote(name)} not found`);
    return undefined;
  }
  const value = Object.hasOwn(object.data ?? {}, key) ? object.data?.[key] : undefined;
  if (value !== undefined) return kind === 'ConfigMap' ? value : secretText(name, key, value);
  const why = `key ${quote(key)} does not exist in ${word} ${quote(name)}`;
  if (optional) {
    skip(`Optional${kind}KeyNotFound`, why);
    return undefined;
  }
  throw new Unresolvable(
    `couldn't find key ${key} in ${kind} ${objects.namespace}/${name}`,
    [warning(`Mandatory${kind}KeyNotFound`, why)],
    [objects.missing(reference, object)],
  );
}

function withDefaults({ name = '', key, optional = false }: { name?: string; key: string; optional?: boolean }) {
  return { name, key, optional };
}
