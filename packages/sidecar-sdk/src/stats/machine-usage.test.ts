import { expect, test } from 'vitest';
import { toMachineUsage } from './machine-usage.ts';

const stat = 'cpu  100 20 30 4000 500 6 7 8 9 10\ncpu0 1 1 1 1 1 1 1 1 1 1\nbtime 1798761600\n';
const memory = 'MemTotal:       1000 kB\nMemFree:         100 kB\nMemAvailable:    400 kB\n';

test('toMachineUsage() adds up what was worked, not what was idle, waited or stolen', () => {
  expect(toMachineUsage(stat, memory, new Date('2027-01-01T12:00:00Z'))).toEqual({
    time: '2027-01-01T12:00:00.000Z',
    startTime: '2027-01-01T00:00:00.000Z',
    cpu: { usageCoreNanoSeconds: '1630000000' },
    memory: { workingSetBytes: 614_400 },
  });
});

test('toMachineUsage() is nothing when the kernel does not tell of memory', () => {
  expect(toMachineUsage(stat, '', new Date())).toBeUndefined();
});
