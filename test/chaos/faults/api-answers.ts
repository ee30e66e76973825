import type { Interference, SeenRequest } from '../../testbed/fault-proxy.ts';
import { Random } from '../plan/random.ts';
import type { Fault } from './fault.ts';

const slowMs = 5_000;
/** Part of the requests that meet it: who asks again gets through. */
const share = 0.6;

/** Each answer takes its time; a watch that is open goes on. */
export const slow: Fault = async (site) => site.api.begin(() => ({ delayMs: slowMs }));

export const tooManyRequests = refuse({
  status: 429,
  reason: 'TooManyRequests',
  message: 'the server has received too many requests and has asked us to try again later',
  headers: { 'retry-after': '1' },
});

export const internalError = refuse({ status: 500, reason: 'InternalError', message: 'etcdserver: leader changed' });

/** Of writes only, as when somebody else has written in between. */
export const conflict = refuse({
  status: 409,
  reason: 'Conflict',
  message:
    'Operation cannot be fulfilled: the object has been modified; please apply your changes to the latest version',
  methods: ['PUT', 'PATCH'],
});

interface Refusal {
  readonly status: number;
  readonly reason: string;
  readonly message: string;
  readonly headers?: Record<string, string>;
  readonly methods?: ReadonlyArray<string>;
}

function refuse({ status, reason, message, headers = {}, methods }: Refusal): Fault {
  const body = { kind: 'Status', apiVersion: 'v1', status: 'Failure', reason, code: status, message };
  const answer: Interference = { answer: { status, headers, body } };
  return async (site, { seed }) => {
    const random = new Random(seed);
    return site.api.begin(({ method }: SeenRequest) => {
      const isMeant = methods?.includes(method) ?? true;
      return isMeant && random.chance(share) ? answer : undefined;
    });
  };
}
