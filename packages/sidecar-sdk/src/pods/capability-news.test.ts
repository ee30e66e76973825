import { type Capabilities, ReportLog } from '@interlink/protocol';
import { createLogger } from '@interlink/service-kit';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { CapabilityNews } from './capability-news.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const announced = (cpu: string): Capabilities => ({
  protocolVersions: ['v2'],
  backend: { kind: 'memory', version: '1' },
  verbs: ['create', 'delete', 'list'],
  volumeTypes: [],
  queues: false,
  pools: [{ name: 'p', capacity: { cpu } }],
});

test('CapabilityNews tells what has changed, once, and goes on after a failure', async () => {
  const stop = new AbortController();
  const answers = ['4', '4', undefined, '8', '8'];
  const told: unknown[] = [];
  const log = new ReportLog();
  vi.spyOn(log, 'capabilities').mockImplementation(({ pools }) => void told.push(pools[0]?.capacity.cpu));
  const capabilities = async () => {
    const cpu = answers.shift();
    if (cpu === undefined) throw new Error('away');
    return announced(cpu);
  };
  const news = new CapabilityNews({
    backend: { capabilities },
    logs: () => [log],
    logger: createLogger('t', 'silent'),
  });
  const running = news.run(stop.signal);
  await vi.advanceTimersByTimeAsync(125_000);
  expect([told, answers]).toEqual([['8'], []]);
  stop.abort();
  await running;
});
