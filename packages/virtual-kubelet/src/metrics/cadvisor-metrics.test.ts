import { expect, test } from 'vitest';
import { sampleUsage } from '../stats/testing/sample-usage.ts';
import { cadvisorMetrics } from './cadvisor-metrics.ts';
import { renderMetrics } from './exposition.ts';

const linesOf = (text: string) => text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));

test('cadvisorMetrics() has what dashboards ask for, with cAdvisor’s labels', () => {
  const families = cadvisorMetrics(sampleUsage, { capacity: { cpu: '1500m', memory: '2Gi' }, hasFailed: false });
  const main = 'container="main",id="/pods/u-1/main",image="busybox:1.36",name="main-id",namespace="ns",pod="p"';
  const at = 1798804810000;
  const lines = linesOf(renderMetrics(families)).filter((line) => !line.includes('container="idle"'));
  expect(lines).toEqual([
    `container_cpu_usage_seconds_total{${main},cpu="total"} 18446744073.709551615 ${at}`,
    `container_memory_working_set_bytes{${main}} 1048576 ${at}`,
    `container_memory_usage_bytes{${main}} 2097152 ${at}`,
    `container_memory_rss{${main}} 524288 ${at}`,
    `container_network_receive_bytes_total{container="",id="/pods/u-1",image="",name="",namespace="ns",pod="p",interface="eth0"} 1152921504606846976 ${at}`,
    `container_network_transmit_bytes_total{container="",id="/pods/u-1",image="",name="",namespace="ns",pod="p",interface="eth0"} 0 ${at}`,
    `container_fs_usage_bytes{${main}} 42 ${at}`,
    `container_start_time_seconds{${main}} 1798804800 ${at}`,
    `container_last_seen{${main}} 1798804810 ${at}`,
    `container_spec_cpu_shares{${main}} 204 ${at}`,
    `container_spec_cpu_period{${main}} 100000 ${at}`,
    `container_spec_cpu_quota{${main}} 40000 ${at}`,
    `container_spec_memory_limit_bytes{${main}} 67108864 ${at}`,
    'machine_cpu_cores 1.5',
    'machine_memory_bytes 2147483648',
    'container_scrape_error 0',
  ]);
});

test('cadvisorMetrics() of a container without limits has no quota, and leaves out what was not measured', () => {
  const families = cadvisorMetrics(sampleUsage, { capacity: {}, hasFailed: true });
  const names = linesOf(renderMetrics(families)).flatMap((line) =>
    line.includes('container="idle"') || !line.includes('{') ? [line.split(/[{ ]/)[0]] : [],
  );
  expect(names).toEqual([
    'container_cpu_usage_seconds_total',
    'container_memory_working_set_bytes',
    'container_start_time_seconds',
    'container_last_seen',
    'container_spec_cpu_shares',
    'container_spec_memory_limit_bytes',
    'container_scrape_error',
  ]);
});
