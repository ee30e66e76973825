import { parseHealthResponse } from '../../../packages/sidecar-sdk/src/lifecycle/actions/grpc/health-message.ts';
import { redirectedFrom, toRequestPath } from '../../../packages/sidecar-sdk/src/lifecycle/actions/http/location.ts';
import { written } from '../corpus.ts';
import { hold, isPlainError, type Target } from '../target.ts';

/** A container's answer to a gRPC probe. */
export const healthMessages: Target = {
  name: 'grpc-health',
  corpus: written(
    Buffer.from([0, 0, 0, 0, 2, 8, 1]),
    Buffer.from([0, 0, 0, 0, 0]),
    Buffer.from([0, 0, 0, 0, 5, 0x12, 1, 0x61, 8, 2]),
  ),
  read: (input) => parseHealthResponse(input),
  mayThrow: isPlainError,
};

const from = { isSecure: false, hostname: '10.0.0.1', port: 80, path: '/a', authority: '10.0.0.1:80' };

/** A container's redirect, and a path of a pod's author. */
export const locations: Target = {
  name: 'http-locations',
  corpus: written('/b?c', 'https://example.org:1/x', '//[::1]/', 'ftp://x', 'a b#c'),
  read: (input) => {
    const path = toRequestPath(input.toString());
    hold(/^\/[!-~]*$/.test(path), 'a path is fit for a request line');
    redirectedFrom(from, input.toString('latin1'));
  },
  // A URL that is none: documented.
  mayThrow: (error) =>
    isPlainError(error) || (error instanceof TypeError && 'code' in error && error.code === 'ERR_INVALID_URL'),
};
