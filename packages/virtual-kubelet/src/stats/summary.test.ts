import { expect, test } from 'vitest';
import { renderExactJson } from './exact-json.ts';
import { toSummary } from './summary.ts';
import { sampleUsage } from './testing/sample-usage.ts';

test('toSummary() tells all that was measured, and counts above 2^53 exactly', () => {
  const text = renderExactJson(toSummary(sampleUsage, { nodeName: 'n', onlyCpuAndMemory: false }));
  expect(text).toBe(
    [
      '{"node":{"nodeName":"n","systemContainers":[],"startTime":"2027-01-01T00:00:00.000Z",',
      '"cpu":{"time":"2027-01-01T12:00:09.999Z","usageNanoCores":1250000000,"usageCoreNanoSeconds":9007199254740993},',
      '"memory":{"time":"2027-01-01T12:00:09.999Z","workingSetBytes":8589934592}},"pods":[',
      '{"podRef":{"name":"p","namespace":"ns","uid":"u-1"},"startTime":"2027-01-01T11:59:58.000Z","containers":[',
      '{"name":"main","startTime":"2027-01-01T12:00:00.000Z",',
      '"cpu":{"time":"2027-01-01T12:00:10.000Z","usageNanoCores":7,"usageCoreNanoSeconds":18446744073709551615},',
      '"memory":{"time":"2027-01-01T12:00:10.000Z","usageBytes":2097152,"workingSetBytes":1048576,"rssBytes":524288},',
      '"rootfs":{"time":"2027-01-01T12:00:10.000Z","usedBytes":42},',
      '"logs":{"time":"2027-01-01T12:00:10.000Z","usedBytes":6}},',
      '{"name":"idle","startTime":"2027-01-01T12:00:00.000Z",',
      '"cpu":{"time":"2027-01-01T12:00:10.000Z","usageCoreNanoSeconds":1500000000},',
      '"memory":{"time":"2027-01-01T12:00:10.000Z","workingSetBytes":1048576}}],',
      '"cpu":{"time":"2027-01-01T12:00:10.000Z","usageCoreNanoSeconds":3000000000},',
      '"memory":{"time":"2027-01-01T12:00:10.000Z","workingSetBytes":2097152},',
      '"network":{"time":"2027-01-01T12:00:10.000Z","name":"eth0","rxBytes":1152921504606846976,"txBytes":0,',
      '"interfaces":[{"name":"eth0","rxBytes":1152921504606846976,"txBytes":0}]},"process_stats":{"process_count":3}},',
      '{"podRef":{"name":"new","namespace":"ns","uid":"u-2"},"containers":[]}]}',
    ].join(''),
  );
});

test('toSummary() leaves out what is neither CPU nor memory when asked to', () => {
  const text = renderExactJson(toSummary(sampleUsage, { nodeName: 'n', onlyCpuAndMemory: true }));
  for (const name of ['network', 'rootfs', 'logs', 'process_stats']) expect(text).not.toContain(`"${name}"`);
  expect(text).toContain('"usageCoreNanoSeconds":18446744073709551615');
});

test('toSummary() of a node that nobody measures says nothing of it', () => {
  expect(toSummary({ node: undefined, pods: [] }, { nodeName: 'n', onlyCpuAndMemory: false })).toEqual({
    node: { nodeName: 'n', systemContainers: [] },
    pods: [],
  });
});
