import type { ConfigMap, EnvFromSource, Secret } from '@interlink/kube';
import { isEnvName } from './env-name.ts';
import { type PodObjects, quote, type Reference, warning } from './pod-objects.ts';
import type { ResolveNotice } from './resolve-error.ts';
import { secretText } from './secret-text.ts';

/** Variables by name, in the order in which they were first set. */
export type Environment = Map<string, string>;

/**
 * Sets a variable for each key of the ConfigMaps and Secrets named, in order: later ones override. A ConfigMap's `binaryData` is no
 * text and is left out. Keys that cannot name a variable are skipped with a notice.
 * @throws Unresolvable
 */
export async function resolveEnvFrom(
  sources: readonly EnvFromSource[],
  objects: PodObjects,
  notices: ResolveNotice[],
): Promise<Environment> {
  const env: Environment = new Map();
  for (const source of sources) {
    const reference = toReference(source);
    if (reference === undefined) continue;
    const { kind, name } = reference;
    const object = await objects.find(kind, reference);
    if (object === undefined) {
      notices.push(warning(`Optional${kind}NotFound`, `${kind.toLowerCase()} ${quote(name)} not found`));
      continue;
    }
    const skipped: string[] = [];
    for (const [key, value] of textEntries(kind, object)) {
      const variable = `${source.prefix ?? ''}${key}`;
      if (isEnvName(variable)) env.set(variable, value());
      else skipped.push(variable);
    }
    if (skipped.length > 0) notices.push(skippedKeys(kind, `${objects.namespace}/${name}`, skipped));
  }
  return env;
}

function toReference({ configMapRef, secretRef }: EnvFromSource): Reference | undefined {
  if (configMapRef !== undefined) {
    return { kind: 'ConfigMap', name: configMapRef.name ?? '', optional: configMapRef.optional ?? false };
  }
  if (secretRef === undefined) return undefined;
  return { kind: 'Secret', name: secretRef.name ?? '', optional: secretRef.optional ?? false };
}

function textEntries(kind: Reference['kind'], object: ConfigMap | Secret): Array<[string, () => string]> {
  return Object.entries(object.data ?? {}).map(([key, value]) => [
    key,
    () => (kind === 'ConfigMap' ? value : secretText(object.metadata?.name ?? '', key, value)),
  ]);
}

function skippedKeys(kind: Reference['kind'], object: string, keys: string[]): ResolveNotice {
  const word = kind === 'ConfigMap' ? 'configMap' : 'secret';
  return warning(
    'InvalidEnvironmentVariableNames',
    `Keys [${keys.sort().join(', ')}] from the EnvFrom ${word} ${object} were skipped since they are considered invalid environment variable names.`,
  );
}
