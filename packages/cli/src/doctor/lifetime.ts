const units: ReadonlyArray<readonly [name: string, ms: number]> = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
];

/** `3 days`, `1 hour`, `12 seconds`: the largest unit of which there is at least one. */
export function durationText(ms: number): string {
  const [name, unitMs] = units.find(([, each]) => ms >= each) ?? ['second', 1_000];
  const count = Math.floor(ms / unitMs);
  return `${count} ${name}${count === 1 ? '' : 's'}`;
}
