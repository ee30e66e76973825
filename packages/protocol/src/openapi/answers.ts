import Type, { type TSchema } from 'typebox';
import { toHttpStatus } from '../errors/http-status.ts';
import { type ErrorCode, errorCodes } from '../errors/interlink-error.ts';
import { Problem, problemContentType } from '../errors/problem.ts';
import { refusalStatuses } from '../errors/refusal-status.ts';
import type { Answer, Content } from './document.ts';

export const json = (schema: TSchema): Content => ({ 'application/json': { schema } });
export const plain = (description: string): Content => ({ 'text/plain': { schema: Type.String({ description }) } });

/** Whatever is asked for may be answered with one of these. */
const always = ['400', '401', '403', '408', '429', '431', '500', '503'];
/** Of what is passed on to a sidecar. */
const passedOn = ['404', '409', '501', '504'];
/** Of what has a body. */
const withBody = ['413', '415', '422'];

/** The problems that a call may be answered with, beside its success. */
export function problemsOf(kind: 'own' | 'passed on', hasBody: boolean): Record<string, Answer> {
  const statuses = [...always, ...(kind === 'own' ? [] : passedOn), ...(hasBody ? withBody : [])];
  return refer([...statuses].sort());
}

/** Problems that only this call has. */
export function refer(statuses: ReadonlyArray<string>): Record<string, Answer> {
  return Object.fromEntries(statuses.map((status) => [status, { $ref: `#/components/responses/Problem${status}` }]));
}

/** For each status that a problem may have: which codes stand in it. */
export function problemAnswers(): Record<string, Answer> {
  const codesOf = new Map<number, ErrorCode[]>();
  const add = (status: number, code: ErrorCode) => codesOf.set(status, [...(codesOf.get(status) ?? []), code]);
  for (const code of errorCodes) add(toHttpStatus(code), code);
  for (const [status, code] of Object.entries(refusalStatuses)) add(Number(status), code);
  const sorted = [...codesOf].sort(([a], [b]) => a - b);
  return Object.fromEntries(sorted.map(([status, codes]) => [`Problem${status}`, problemAnswer(status, codes)]));
}

function problemAnswer(status: number, codes: ReadonlyArray<ErrorCode>): Answer {
  const narrowed = Type.Object({ status: Type.Literal(status), code: Type.Enum([...codes]) });
  return {
    description: codes.map((code) => `\`${code}\``).join(' or '),
    content: { [problemContentType]: { schema: Type.Intersect([Problem, narrowed]) } },
    ...(headersOf[status] === undefined ? {} : { headers: headersOf[status] }),
  };
}

const headersOf: Readonly<Record<number, Record<string, { description: string; schema: TSchema }>>> = {
  401: { 'WWW-Authenticate': { description: 'What is wanted.', schema: Type.String() } },
  429: { 'Retry-After': { description: 'Seconds to wait.', schema: Type.Integer({ minimum: 0 }) } },
};
