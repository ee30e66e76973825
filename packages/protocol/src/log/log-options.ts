import Type, { type Static } from 'typebox';
import { InterLinkError } from '../errors/interlink-error.ts';
import { parserOf } from '../validate.ts';

/** The kubelet's log options (https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/ `PodLogOptions`). */
export const LogOptions = Type.Object({
  follow: Type.Optional(Type.Boolean()),
  previous: Type.Optional(Type.Boolean()),
  timestamps: Type.Optional(Type.Boolean()),
  sinceSeconds: Type.Optional(Type.Integer({ minimum: 1 })),
  /** RFC 3339. */
  sinceTime: Type.Optional(Type.String()),
  tailLines: Type.Optional(Type.Integer({ minimum: 0 })),
  limitBytes: Type.Optional(Type.Integer({ minimum: 1 })),
});
export type LogOptions = Static<typeof LogOptions>;

const checkLogOptions = parserOf(LogOptions, 'log options');
const booleans = ['follow', 'previous', 'timestamps'] as const;
const integers = ['sinceSeconds', 'tailLines', 'limitBytes'] as const;

/**
 * Reads log options from a query, the kubelet's way: booleans are literally `true`, unknown keys are ignored.
 * @throws InterLinkError `invalid_argument` for what is no number or time, `failed_precondition` (422) for values that are out of range or exclude each other
 */
export function parseLogQuery(query: Readonly<Record<string, unknown>>): LogOptions {
  const options: LogOptions = {};
  for (const key of booleans) if (query[key] === 'true' || query[key] === '1') options[key] = true;
  for (const key of integers) {
    const text = query[key];
    if (text === undefined || text === '') continue;
    if (typeof text !== 'string' || !/^-?\d+$/.test(text)) {
      throw new InterLinkError(
        'invalid_argument',
        `Log option ${key} is ${JSON.stringify(text)}: a whole number is wanted`,
      );
    }
    options[key] = Number(text);
  }
  if (typeof query.sinceTime === 'string' && query.sinceTime !== '') {
    if (Number.isNaN(Date.parse(query.sinceTime))) {
      throw new InterLinkError(
        'invalid_argument',
        `Log option sinceTime is ${JSON.stringify(query.sinceTime)}: an RFC 3339 time is wanted`,
      );
    }
    options.sinceTime = query.sinceTime;
  }
  return assertLogOptions(options);
}

function assertLogOptions(options: LogOptions): LogOptions {
  if (options.sinceSeconds !== undefined && options.sinceTime !== undefined) {
    throw new InterLinkError(
      'failed_precondition',
      'Log options: at most one of sinceTime or sinceSeconds may be specified',
    );
  }
  try {
    return checkLogOptions(options);
  } catch (error) {
    throw new InterLinkError('failed_precondition', InterLinkError.from(error).message);
  }
}

/** The query that {@link parseLogQuery} reads back. */
export function renderLogQuery(options: LogOptions): string {
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(options)) {
    if (value !== undefined && value !== false) query.set(key, String(value));
  }
  const text = query.toString();
  return text === '' ? '' : `?${text}`;
}
