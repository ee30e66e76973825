import type { VolumeMount } from '@interlink/kube';
import { expandVariables } from './expand-variables.ts';
import { Unresolvable } from './resolve-error.ts';

/**
 * A container's mounts with `subPathExpr` expanded into `subPath`, and with absolute paths.
 * @throws Unresolvable when an expression names a variable that is not set or empty, or leads out of the volume
 * @see https://kubernetes.io/docs/concepts/storage/volumes/#using-subpath-expanded-environment
 */
export function resolveVolumeMounts(mounts: readonly VolumeMount[], env: ReadonlyMap<string, string>): VolumeMount[] {
  return mounts.map(({ subPathExpr, ...mount }) => {
    const mountPath = mount.mountPath.startsWith('/') ? mount.mountPath : `/${mount.mountPath}`;
    if (subPathExpr === undefined || subPathExpr === '') return { ...mount, mountPath };
    return { ...mount, mountPath, subPath: expandSubPath(subPathExpr, env) };
  });
}

function expandSubPath(expression: string, env: ReadonlyMap<string, string>): string {
  const missing = new Set<string>();
  const subPath = expandVariables(expression, (name) => {
    const value = env.get(name) ?? '';
    if (value === '') missing.add(name);
    return value;
  });
  if (missing.size > 0) throw new Unresolvable(`missing value for ${[...missing].sort().join(', ')}`);
  // The expression and not what it became: that holds values of variables.
  if (subPath.startsWith('/')) throw new Unresolvable(`error SubPath \`${expression}\` must not be an absolute path`);
  if (subPath.split('/').includes('..')) {
    throw new Unresolvable(`unable to provision SubPath \`${expression}\`: must not contain '..'`);
  }
  return subPath;
}
