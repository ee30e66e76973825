import { type Html, html } from './html.ts';

/** How long ago, as kubectl has it: two units at most. */
export function renderAge(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1_000));
  const [minutes, hours, days] = [60, 3_600, 86_400].map((unit) => Math.floor(seconds / unit)) as [
    number,
    number,
    number,
  ];
  if (seconds < 120) return `${seconds}s`;
  if (minutes < 10) return `${minutes}m${seconds % 60 === 0 ? '' : `${seconds % 60}s`}`;
  if (hours < 3) return `${minutes}m`;
  if (hours < 8) return `${hours}h${minutes % 60 === 0 ? '' : `${minutes % 60}m`}`;
  if (hours < 48) return `${hours}h`;
  return `${days}d`;
}

/** How long ago; the script of the page counts on. */
export function ageSince(at: number, now: number): Html {
  return html`<time datetime="${new Date(at).toISOString()}" data-age>${renderAge(now - at)}</time>`;
}

/** A point in time. @param text RFC 3339, or milliseconds since the epoch */
export function pointInTime(text: string | number): Html {
  const date = new Date(text);
  if (Number.isNaN(date.getTime())) return html`${text}`;
  const iso = date.toISOString();
  return html`<time datetime="${iso}">${renderPoint(text)}</time>`;
}

/** To the second, in UTC: who reads it may sit anywhere. */
export function renderPoint(text: string | number): string {
  const date = new Date(text);
  return Number.isNaN(date.getTime()) ? String(text) : `${date.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}
