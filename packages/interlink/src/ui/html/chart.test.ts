import { expect, test } from 'vitest';
import { type Chart, renderChart } from './chart.ts';

const minute = 60_000;
const chart: Chart = {
  id: 'c',
  title: 'Pods <all>',
  times: [0, minute, 2 * minute, 3 * minute],
  series: [{ name: 'Running', values: [0, 10, undefined, 5] }],
  least: 1,
  show: String,
};

test('renderChart() draws a line with a gap where nothing was measured', () => {
  const { text } = renderChart(chart);
  expect(/<path class="series-0" d="([^"]*)"/.exec(text)?.[1]).toBe('M44 140L229.3 8M600 74');
  expect(text).toContain('aria-label="Pods &lt;all&gt;, from 00:00 to 00:03 UTC');
});

test('renderChart() draws a dot for a value that has none beside it, and only for that', () => {
  expect(/<path class="dot series-0" d="([^"]*)"/.exec(renderChart(chart).text)?.[1]).toBe('M600 74h0');
  const whole = { ...chart, series: [{ name: 'Running', values: [0, 10, 5, 5] }] };
  expect(renderChart(whole).text).not.toContain('class="dot');
});

test('renderChart() tells in a table what it draws', () => {
  expect(renderChart(chart).text).toContain(
    '<th scope="row">00:01</th><td>10</td></tr><tr><th scope="row">00:02</th><td>–</td>',
  );
});

test('renderChart() draws nothing of a single sample', () => {
  const { text } = renderChart({ ...chart, times: [0], series: [{ name: 'Running', values: [7] }] });
  expect(text).not.toContain('<svg');
  expect(text).toContain('Running: <b>7</b>');
});
