/** The straight line through samples, by least squares: where it begins, where it ends, and how it rises in an hour. */
export function growthPerHour(samples: ReadonlyArray<readonly [hours: number, value: number]>): {
  readonly first: number;
  readonly last: number;
  readonly perHour: number;
} {
  const mean = (of: (sample: readonly [number, number]) => number) =>
    samples.reduce((sum, sample) => sum + of(sample), 0) / samples.length;
  const [hours, value] = [mean(([at]) => at), mean(([, found]) => found)];
  const perHour =
    mean(([at, found]) => (at - hours) * (found - value)) / (mean(([at]) => (at - hours) ** 2) || Number.NaN);
  const at = (when: number) => value + (when - hours) * perHour;
  return { first: at(samples[0]?.[0] ?? Number.NaN), last: at(samples.at(-1)?.[0] ?? Number.NaN), perHour };
}
