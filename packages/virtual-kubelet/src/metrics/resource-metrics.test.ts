import { expect, test } from 'vitest';
import { sampleUsage } from '../stats/testing/sample-usage.ts';
import { renderMetrics } from './exposition.ts';
import { resourceMetrics } from './resource-metrics.ts';

const linesOf = (text: string) => text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));

test('resourceMetrics() has the kubelet’s families, label order and times', () => {
  const text = renderMetrics(resourceMetrics(sampleUsage, false));
  expect(linesOf(text)).toEqual([
    'container_cpu_usage_seconds_total{container="main",pod="p",namespace="ns"} 18446744073.709551615 1798804810000',
    'container_cpu_usage_seconds_total{container="idle",pod="p",namespace="ns"} 1.5 1798804810000',
    'container_memory_working_set_bytes{container="main",pod="p",namespace="ns"} 1048576 1798804810000',
    'container_memory_working_set_bytes{container="idle",pod="p",namespace="ns"} 1048576 1798804810000',
    'container_start_time_seconds{container="main",pod="p",namespace="ns"} 1798804800',
    'container_start_time_seconds{container="idle",pod="p",namespace="ns"} 1798804800',
    'node_cpu_usage_seconds_total 9007199.254740993 1798804809999',
    'node_memory_working_set_bytes 8589934592 1798804809999',
    'pod_cpu_usage_seconds_total{namespace="ns",pod="p"} 3 1798804810000',
    'pod_memory_working_set_bytes{namespace="ns",pod="p"} 2097152 1798804810000',
    'resource_scrape_error 0',
    'scrape_error 0',
  ]);
  expect(text).toContain('# TYPE container_cpu_usage_seconds_total counter\n');
  expect(text).toContain('# TYPE node_memory_working_set_bytes gauge\n');
});

test('resourceMetrics() without usage has no zeros, and says whether there should have been some', () => {
  expect(linesOf(renderMetrics(resourceMetrics(undefined, false)))).toEqual([
    'resource_scrape_error 0',
    'scrape_error 0',
  ]);
  expect(linesOf(renderMetrics(resourceMetrics(undefined, true)))).toEqual([
    'resource_scrape_error 1',
    'scrape_error 1',
  ]);
});
