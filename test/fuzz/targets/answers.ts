import { InterLinkError, parsePingResponse, parseProblem, toPool, toProblem } from '@interlink/protocol';
import { parseStatus } from '../../../packages/kube/src/client/kube-errors.ts';
import { parseRetryAfter } from '../../../packages/kube/src/client/retry-delay.ts';
import { parseGrpcStatus } from '../../../packages/sidecar-sdk/src/lifecycle/actions/grpc/grpc-status.ts';
import { parseChallenge } from '../../../packages/sidecar-slurm/src/image/registry/challenge.ts';
import { written } from '../corpus.ts';
import { hold, type Target, throwsNothing } from '../target.ts';

/** Errors of peers, proxies and the Kubernetes API. */
export const problems: Target = {
  name: 'error-answers',
  corpus: written(
    toProblem(new InterLinkError('not_found', 'There is no pod', { reason: 'gone' })),
    '<!doctype html><html><head><style>a { b: c }</style></head><body><h1>502 Bad Gateway</h1></body></html>',
    'sinfo stderr: /bin/bash: line 1: %m: command not found\n',
    { kind: 'Status', status: 'Failure', message: 'pods "a" not found', reason: 'NotFound', code: 404 },
  ),
  read: (input) => {
    const text = input.toString();
    const { message } = parseProblem(502, text);
    hold(message.length > 0 && message.length <= longestDetail(text), 'a message is no page');
    parseStatus(text);
  },
  mayThrow: throwsNothing,
};

/** A problem of ours is as long as its sender made it; anything else is cut off. */
function longestDetail(text: string): number {
  return text.includes('about:blank') ? Number.POSITIVE_INFINITY : 4_096;
}

/** What plugins of protocol v1 answer to a ping. */
export const pings: Target = {
  name: 'v1-pings',
  corpus: written(
    {
      status: 'ok',
      resources: {
        cpu: '8',
        memory: 1024,
        pods: null,
        accelerators: [{ resourceType: 'nvidia.com/gpu', available: 1 }],
      },
    },
    { taints: [{ key: 'a', value: 'b', effect: 'NoSchedule' }] },
    'null',
    '0.1s',
  ),
  read: (input) => {
    const ping = parsePingResponse(input.toString());
    if (ping !== undefined) toPool(ping);
  },
  mayThrow: throwsNothing,
};

/** Headers of answers: of registries, of the Kubernetes API, of gRPC probes. */
export const answerHeaders: Target = {
  name: 'answer-headers',
  corpus: written(
    'Bearer realm="https://auth.example/token",service="registry"',
    'Basic realm="x", Bearer realm="y"',
    '120',
    '%E4%BD',
    '5',
  ),
  read: (input) => {
    const text = input.toString('latin1');
    parseChallenge(text);
    parseRetryAfter(text);
    parseGrpcStatus({ 'grpc-status': text, 'grpc-message': text });
  },
  mayThrow: throwsNothing,
};
