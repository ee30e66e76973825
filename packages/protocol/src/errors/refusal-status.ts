import type { ErrorCode } from './interlink-error.ts';

/**
 * Statuses by which an HTTP server refuses a request that no route has seen: of
 * {@link ./http-status.ts} they have no code of their own, and HTTP's word says more than the code's usual status.
 */
export const refusalStatuses: Readonly<Record<number, ErrorCode>> = {
  408: 'deadline_exceeded',
  415: 'invalid_argument',
  431: 'out_of_range',
};
