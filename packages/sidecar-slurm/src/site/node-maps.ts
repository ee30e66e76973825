/** A partition's name as Slurm takes it, and as it fits into an option. */
const partitionName = /^[A-Za-z0-9_][\w.@+-]*$/;

/** Reads the key Slurm.Partitions. What is wrong is added to `problems`. */
export function parsePartitions(
  value: Readonly<Record<string, unknown>> | undefined,
  problems: string[],
): ReadonlyMap<string, ReadonlyArray<string>> {
  const entries = Object.entries(value ?? {}).map(([node, entry]) => {
    const names: ReadonlyArray<unknown> = Array.isArray(entry) ? entry : [entry];
    const fits = names.filter((name) => typeof name === 'string').filter((name) => partitionName.test(name));
    if (names.length === 0 || fits.length < names.length) {
      problems.push(
        `Slurm.Partitions has ${JSON.stringify(entry)} for ${node}: the name of a partition, or a list of them, is wanted`,
      );
    }
    return [node, fits] as const;
  });
  return new Map(entries);
}
