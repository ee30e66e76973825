import { expect, test } from 'vitest';
import { JobLines } from './job-lines.ts';
import { parseJobs } from './jobs.ts';

const line = (id: number, state: string) =>
  `${id}|${state}|0:0|1764165600|N/A|N/A|0|1:00:00|main||/w|None|{"v":1,"uid":"u-${id}","cluster":"c","node":"n","ns":"ns","name":"p"}|\n`;

test('JobLines.parse() reads what parseJobs() reads, each time', () => {
  const lines = new JobLines();
  const texts = [
    line(1, 'PENDING') + line(2, 'PENDING'),
    line(2, 'RUNNING') + line(3, 'PENDING'),
    '',
    line(2, 'RUNNING'),
  ];
  for (const text of texts) expect(lines.parse(text)).toEqual(parseJobs(text));
});

test('JobLines.parse() gives the same job for the same line', () => {
  const lines = new JobLines();
  const [first, second] = lines.parse(line(1, 'PENDING') + line(2, 'PENDING'));
  const [again, changed] = lines.parse(line(1, 'PENDING') + line(2, 'RUNNING'));
  expect(again).toBe(first);
  expect(changed).not.toEqual(second);
});

test('JobLines.parse() gives the same list for the same text', () => {
  const lines = new JobLines();
  const text = line(1, 'PENDING') + line(2, 'PENDING');
  const first = lines.parse(text);
  expect(lines.parse(`${text}`)).toBe(first);
  expect(lines.parse(line(1, 'PENDING'))).not.toBe(first);
  expect(lines.parse(text)).toEqual(parseJobs(text));
});
