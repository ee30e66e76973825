import { describe, expect, test } from 'vitest';
import { parsePodRequest } from './pod-request.ts';

const metadata = { uid: '11111111-1111-4111-8111-111111111111', namespace: 'ns', name: 'p' };
const parse = (container: object) =>
  parsePodRequest({ pod: { metadata, spec: { containers: [{ name: 'c', ...container }] } }, volumes: [] });

describe('parsePodRequest()', () => {
  test.each<[string, object]>([
    ['a probe as the API server sends it', { livenessProbe: { httpGet: { path: '/', port: 'web', scheme: 'HTTP' } } }],
    ['a named port', { ports: [{ name: 'web', containerPort: 80, protocol: 'TCP' }] }],
    ['an empty gRPC service', { readinessProbe: { grpc: { port: 1, service: '' }, periodSeconds: 10 } }],
    ['a command of several lines', { startupProbe: { exec: { command: ['sh', '-c', 'a\nb'] } } }],
    ['hooks', { lifecycle: { postStart: { sleep: { seconds: 1 } }, preStop: { exec: {} }, stopSignal: 'SIGRTMIN+1' } }],
    ['what the API server does not check', { lifecycle: { preStop: { tcpSocket: { port: 0 } } } }],
  ])('takes %s', (_, container) => {
    expect(parse(container).pod.spec.containers[0]).toEqual({ name: 'c', ...container });
  });

  test.each<[string, object, string]>([
    ['a port that is none', { livenessProbe: { grpc: { port: 65_536 } } }, '/livenessProbe/grpc/port'],
    ['a negative delay', { livenessProbe: { initialDelaySeconds: -1 } }, '/livenessProbe/initialDelaySeconds'],
    ['a signal by number', { lifecycle: { stopSignal: '9' } }, '/lifecycle/stopSignal'],
  ])('refuses %s', (_, container, place) => {
    expect(() => parse(container)).toThrow(place);
  });
});
