import { expect, test } from 'vitest';
import { parseGrpcStatus, statusOfHttp } from './grpc-status.ts';

test('parseGrpcStatus() reads number and message', () => {
  expect(parseGrpcStatus({ 'grpc-status': '5', 'grpc-message': 'unknown%20service' })).toEqual({
    code: 'NotFound',
    message: 'unknown service',
  });
  expect(parseGrpcStatus({ 'grpc-status': '0' })).toEqual({ code: 'OK', message: '' });
  expect(parseGrpcStatus({ 'grpc-status': '99', 'grpc-message': '100%' })).toEqual({
    code: 'Code(99)',
    message: '100%',
  });
  expect(parseGrpcStatus({ 'content-type': 'text/html' })).toBeUndefined();
});

test('statusOfHttp() names what gRPC makes of an answer that is not its own', () => {
  expect([404, 503, 302].map((status) => statusOfHttp(status).code)).toEqual([
    'Unimplemented',
    'Unavailable',
    'Unknown',
  ]);
});
