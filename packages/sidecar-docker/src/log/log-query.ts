import type { LogOptions } from '@interlink/sidecar-sdk';

/**
 * The engine's own log options (https://docs.docker.com/reference/api/engine/ `ContainerLogs`). It takes `tail` before
 * `since`, Kubernetes `since` before `tail`: of lines in the order of time that is the same.
 * @param now milliseconds since the epoch, for `sinceSeconds`
 */
export function toLogQuery(options: LogOptions, now: number): Record<string, string | boolean> {
  const since = sinceOf(options, now);
  return {
    stdout: true,
    stderr: true,
    follow: options.follow === true,
    timestamps: options.timestamps === true,
    ...(options.tailLines === undefined ? {} : { tail: String(options.tailLines) }),
    ...(since === undefined ? {} : { since }),
  };
}

/** Seconds since the epoch with nine decimals, none of them lost to floating point. */
function sinceOf({ sinceSeconds, sinceTime }: LogOptions, now: number): string | undefined {
  if (sinceSeconds !== undefined) return renderSince(now - sinceSeconds * 1_000, '');
  if (sinceTime === undefined) return undefined;
  const fraction = /\.(\d+)/.exec(sinceTime)?.[1] ?? '';
  return renderSince(Date.parse(sinceTime), fraction);
}

/** @param fraction digits after the second's point, where there are more than milliseconds */
function renderSince(ms: number, fraction: string): string {
  const seconds = Math.floor(ms / 1_000);
  const digits = fraction === '' ? String(ms - seconds * 1_000).padStart(3, '0') : fraction;
  return `${Math.max(0, seconds)}.${digits.padEnd(9, '0').slice(0, 9)}`;
}
