import type { Pod } from '@interlink/kube';
import type { Span, Tracer } from '@interlink/service-kit';
import { expect, test } from 'vitest';
import { PodTrace } from './pod-trace.ts';

/** A tracer that writes down what begins and ends. */
function recordingTracer(): { tracer: Tracer; log: string[] } {
  const log: string[] = [];
  const spanOf = (name: string): Span => ({
    child: (child) => {
      log.push(`+ ${name} > ${child}`);
      return spanOf(child);
    },
    set: ({ 'k8s.pod.status.phase': phase }) => void log.push(`${name} is ${phase}`),
    fail: () => undefined,
    end: () => void log.push(`- ${name}`),
    headers: () => ({ name }),
  });
  const start: Tracer['start'] = (name, { link } = {}) => {
    log.push(`+ ${name}${link === undefined ? '' : ` linked to ${link.headers().name}`}`);
    return spanOf(name);
  };
  return { tracer: { start, close: async () => undefined }, log };
}

const waiting: Pod = { metadata: { uid: 'u1', namespace: 'ns', name: 'p' }, status: { phase: 'Pending' } };
const running: Pod = {
  ...waiting,
  status: {
    phase: 'Running',
    containerStatuses: [
      {
        name: 'main',
        image: '',
        imageID: '',
        ready: true,
        restartCount: 0,
        state: { running: { startedAt: '2026-01-02T03:04:05Z' } },
      },
    ],
  },
};
const leaving: Pod = { ...running, metadata: { ...running.metadata, deletionTimestamp: '2026-01-02T03:04:05Z' } };

test('PodTrace: a start is from seen to the status that says Running, then each change is a trace of its own', () => {
  const { tracer, log } = recordingTracer();
  const trace = new PodTrace(tracer, 'n1');
  trace.onSeen(waiting);
  trace.onSeen(waiting);
  trace.onHandedOver();
  trace.onReport();
  trace.onWritten('Pending');
  trace.onReport();
  trace.onWritten('Running');
  expect(log.splice(0)).toEqual([
    '+ pod start',
    '+ pod start > first report',
    '- first report',
    'pod start is Pending',
    'pod start is Running',
    '- pod start',
  ]);
  expect(trace.current).toBeUndefined();
  trace.onSeen(running);
  trace.onReport();
  trace.onWritten('Succeeded');
  expect(log.splice(0)).toEqual(['+ pod status linked to pod start', 'pod status is Succeeded', '- pod status']);
});

test('PodTrace: a first report that overtakes the answer to the create is told once, and has ended then', () => {
  const { tracer, log } = recordingTracer();
  const trace = new PodTrace(tracer, 'n1');
  trace.onSeen(waiting);
  trace.onReport();
  trace.onHandedOver();
  trace.onHandedOver();
  expect(log).toEqual(['+ pod start', '+ pod start > first report', '- first report']);
});

test('PodTrace: a deletion is from seen until nothing is left, and ends a start that was under way', () => {
  const { tracer, log } = recordingTracer();
  const trace = new PodTrace(tracer, 'n1');
  trace.onSeen(waiting);
  trace.onSeen(leaving);
  trace.onSeen(leaving);
  trace.onReport();
  trace.onWritten('Failed');
  trace.onGone();
  expect(log.splice(0)).toEqual([
    '+ pod start',
    '- pod start',
    '+ pod deletion linked to pod start',
    'pod deletion is Failed',
  ]);
  trace.onForgotten();
  expect(log).toEqual(['- pod deletion']);
});

test('PodTrace: a pod that an earlier process started, and that is gone from the API at once', () => {
  const { tracer, log } = recordingTracer();
  const trace = new PodTrace(tracer, 'n1');
  trace.onSeen(running);
  expect(trace.current).toBeUndefined();
  trace.onReport();
  trace.onGone();
  trace.onForgotten();
  expect(log).toEqual(['+ pod status', '+ pod deletion', '- pod deletion']);
});
