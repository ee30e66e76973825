import { ConformanceFailure, show } from '../failure.ts';

/** What the sidecar answered, before anything is believed of it. */
export interface Answer {
  /** `PUT /v2/…`, for reports. */
  readonly request: string;
  readonly status: number;
  /** Without parameters, in lower case; empty when there is none. */
  readonly contentType: string;
  readonly text: string;
}

export const success = 'a success (2xx)';

/** @throws ConformanceFailure unless the answer has one of the statuses */
export function expectStatus(answer: Answer, wanted: ReadonlyArray<number>): Answer {
  if (wanted.includes(answer.status)) return answer;
  throw new ConformanceFailure({
    wanted: `${answer.request} answered ${wanted.join(' or ')}`,
    seen: summarise(answer),
  });
}

/** @throws ConformanceFailure unless the answer is a 2xx */
export function expectSuccess(answer: Answer): Answer {
  if (isSuccess(answer)) return answer;
  throw new ConformanceFailure({ wanted: `${answer.request} answered with ${success}`, seen: summarise(answer) });
}

export function isSuccess({ status }: Answer): boolean {
  return status >= 200 && status < 300;
}

/** The body as JSON. @throws ConformanceFailure when it is none */
export function jsonOf(answer: Answer): unknown {
  try {
    return JSON.parse(answer.text);
  } catch {
    throw new ConformanceFailure({ wanted: `${answer.request} answered with JSON`, seen: summarise(answer) });
  }
}

export function summarise({ status, contentType, text }: Answer): string {
  return `${status}${contentType === '' ? '' : ` ${contentType}`} ${show(text)}`;
}
