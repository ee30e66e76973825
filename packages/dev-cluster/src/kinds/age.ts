/** Below how many seconds which unit is shown. */
const units = [
  { below: 120, seconds: 1, name: 's' },
  { below: 3 * 3_600, seconds: 60, name: 'm' },
  { below: 2 * 86_400, seconds: 3_600, name: 'h' },
  { below: Number.POSITIVE_INFINITY, seconds: 86_400, name: 'd' },
];

/** How long ago an RFC 3339 time was, as kubectl shows ages but in whole units: `5s`, `3m`, `2d`; `<unknown>` when there is none. */
export function renderAge(time: string, nowMs: number = Date.now()): string {
  const age = Math.max(0, (nowMs - Date.parse(time)) / 1_000);
  const unit = units.find(({ below }) => age < below);
  return unit === undefined ? '<unknown>' : `${Math.floor(age / unit.seconds)}${unit.name}`;
}
