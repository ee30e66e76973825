const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;
const year = 365 * day;

/** A duration as kubectl shows ages: `5s`, `3m20s`, `2d4h` (k8s.io/apimachinery/pkg/util/duration, `HumanDuration`). */
export function renderDuration(ms: number): string {
  if (ms < 0) return '0s';
  const whole = (unit: number) => Math.floor(ms / unit);
  const pair = (big: number, bigName: string, small: number, smallName: string) => {
    const rest = Math.floor((ms % big) / small);
    return `${whole(big)}${bigName}${rest === 0 ? '' : `${rest}${smallName}`}`;
  };
  if (ms < 2 * minute) return `${whole(second)}s`;
  if (ms < 10 * minute) return pair(minute, 'm', second, 's');
  if (ms < 3 * hour) return `${whole(minute)}m`;
  if (ms < 8 * hour) return pair(hour, 'h', minute, 'm');
  if (ms < 2 * day) return `${whole(hour)}h`;
  if (ms < 8 * day) return pair(day, 'd', hour, 'h');
  if (ms < 2 * year) return `${whole(day)}d`;
  return ms < 8 * year ? pair(year, 'y', day, 'd') : `${whole(year)}y`;
}

/** How long ago an RFC 3339 time was; `<unknown>` when there is none. */
export function renderAge(time: string): string {
  const at = Date.parse(time);
  return Number.isNaN(at) ? '<unknown>' : renderDuration(Date.now() - at);
}
