import { InterLinkError } from '../errors/interlink-error.ts';
import type { LogOptions } from '../log/log-options.ts';
import { parseName } from '../names.ts';
import type { LogStruct } from './shapes.ts';

/** Go's zero time: "unset". */
const zeroTime = '0001-01-01T00:00:00Z';

/** A v1 log request's options. @throws InterLinkError `invalid_argument` for Tail with Bytes, or SinceSeconds with SinceTime */
export function fromLogStruct(struct: LogStruct): {
  namespace: string;
  name: string;
  uid: string;
  container: string;
  options: LogOptions;
} {
  const opts = struct.Opts ?? {};
  const sinceTime =
    opts.SinceTime === undefined || opts.SinceTime === zeroTime || opts.SinceTime === '' ? undefined : opts.SinceTime;
  if ((opts.Tail ?? 0) > 0 && (opts.Bytes ?? 0) > 0)
    throw new InterLinkError('invalid_argument', 'Log options: Tail and Bytes exclude each other');
  if ((opts.SinceSeconds ?? 0) > 0 && sinceTime !== undefined)
    throw new InterLinkError('invalid_argument', 'Log options: SinceSeconds and SinceTime exclude each other');
  return {
    namespace: parseName('a namespace', struct.Namespace),
    name: parseName('a pod name', struct.PodName),
    uid: parseName('a pod UID', struct.PodUID),
    container: parseName('a container name', struct.ContainerName),
    options: {
      ...positive('tailLines', opts.Tail),
      ...positive('limitBytes', opts.Bytes),
      ...positive('sinceSeconds', opts.SinceSeconds),
      ...(opts.Timestamps === true ? { timestamps: true } : {}),
      ...(opts.Follow === true ? { follow: true } : {}),
      ...(opts.Previous === true ? { previous: true } : {}),
      ...(sinceTime === undefined ? {} : { sinceTime }),
    },
  };
}

/** The v1 form of log options. v1 can't ask for zero lines: 0 means "all" there. */
export function toLogStruct(
  pod: { namespace: string; name: string; uid: string },
  container: string,
  options: LogOptions,
): LogStruct {
  return {
    Namespace: pod.namespace,
    PodUID: pod.uid,
    PodName: pod.name,
    ContainerName: container,
    Opts: {
      Tail: options.tailLines ?? 0,
      Bytes: options.limitBytes ?? 0,
      Timestamps: options.timestamps ?? false,
      Follow: options.follow ?? false,
      Previous: options.previous ?? false,
      SinceSeconds: options.sinceSeconds ?? 0,
      SinceTime: options.sinceTime ?? zeroTime,
    },
  };
}

function positive<K extends string>(key: K, value: number | undefined): Partial<Record<K, number>> {
  return value === undefined || value <= 0 ? {} : ({ [key]: value } as Record<K, number>);
}
