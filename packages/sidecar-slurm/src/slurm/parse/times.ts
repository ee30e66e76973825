/**
 * A point in time: seconds since 1970, as SLURM_TIME_FORMAT=%s has it. Where that did not reach the command, Slurm's own form, which is
 * local time without a zone, is read as ours. Undefined when there is none (`N/A`, `NONE`, `Unknown`).
 */
export function parseTime(text: string): Date | undefined {
  const trimmed = text.trim();
  const isSeconds = /^\d+$/.test(trimmed);
  if (isSeconds ? Number(trimmed) === 0 : !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/.test(trimmed)) return undefined;
  const time = new Date(isSeconds ? Number(trimmed) * 1_000 : trimmed);
  return Number.isNaN(time.getTime()) ? undefined : time;
}

/**
 * A time limit in minutes, seconds rounded up: `days-hours:minutes:seconds`, `hours:minutes:seconds`, `minutes:seconds`.
 * Undefined when there is none (`UNLIMITED`, `infinite`, `NONE`, `Partition_Limit`).
 */
export function parseMinutes(text: string): number | undefined {
  const match = /^(?:(\d+)-)?(?:(\d+):)?(\d+):(\d+)$/.exec(text.trim());
  if (match === null) return undefined;
  const [days = 0, hours = 0, minutes = 0, seconds = 0] = match.slice(1).map((part) => Number(part ?? 0));
  return (days * 24 + hours) * 60 + minutes + Math.ceil(seconds / 60);
}
