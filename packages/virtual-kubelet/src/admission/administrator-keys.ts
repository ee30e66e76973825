/** By the kind of a backend, and the type of a volume that it has only where its administrator says so: the key by which he does. */
const keys: Readonly<Record<string, ReadonlyMap<string, string>>> = {
  docker: new Map([
    ['hostPath', 'Docker.HostPaths'],
    ['persistentVolumeClaim', 'Docker.Claims'],
  ]),
  slurm: new Map([
    ['hostPath', 'Slurm.HostPaths'],
    ['persistentVolumeClaim', 'Slurm.Claims'],
  ]),
};

/** What the backend's administrator could do for volumes of these types; empty: nothing that we know of. */
export function administratorHint(kind: string, types: ReadonlyArray<string>): string {
  const known = Object.hasOwn(keys, kind) ? keys[kind] : undefined;
  const hints = [...new Set(types)].flatMap((type) => {
    const key = known?.get(type);
    return key === undefined ? [] : [`${type} by the key ${key}`];
  });
  return hints.length === 0 ? '' : `, and its administrator can allow ${hints.join(', ')}`;
}
