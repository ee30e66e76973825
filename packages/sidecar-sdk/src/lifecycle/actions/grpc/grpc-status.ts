import type { IncomingHttpHeaders } from 'node:http2';

/** In the order of their numbers: https://github.com/grpc/grpc/blob/master/doc/statuscodes.md, spelled as grpc-go prints them. */
const codes = [
  ...['OK', 'Canceled', 'Unknown', 'InvalidArgument', 'DeadlineExceeded', 'NotFound', 'AlreadyExists'],
  ...['PermissionDenied', 'ResourceExhausted', 'FailedPrecondition', 'Aborted', 'OutOfRange', 'Unimplemented'],
  ...['Internal', 'Unavailable', 'DataLoss', 'Unauthenticated'],
];

/** https://github.com/grpc/grpc/blob/master/doc/http-grpc-status-mapping.md */
const ofHttpStatus: Readonly<Record<number, string>> = {
  400: 'Internal',
  401: 'Unauthenticated',
  403: 'PermissionDenied',
  404: 'Unimplemented',
  429: 'Unavailable',
  502: 'Unavailable',
  503: 'Unavailable',
  504: 'Unavailable',
};

/** How a call ended. */
export interface GrpcStatus {
  /** `OK`, `NotFound`, … */
  readonly code: string;
  readonly message: string;
}

/** The status in a call's trailers or, when it ended at once, in its only header. Undefined: there is none. */
export function parseGrpcStatus(headers: IncomingHttpHeaders): GrpcStatus | undefined {
  const { 'grpc-status': number, 'grpc-message': message = '' } = headers;
  if (typeof number !== 'string') return undefined;
  return { code: codes[Number(number)] ?? `Code(${number})`, message: decodeMessage(String(message)) };
}

/** Of an answer that is not gRPC's: of a proxy, or of a server that speaks HTTP only. */
export function statusOfHttp(httpStatus: number): GrpcStatus {
  const message = `unexpected HTTP status code received from server: ${httpStatus}`;
  return { code: ofHttpStatus[httpStatus] ?? 'Unknown', message };
}

function decodeMessage(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
