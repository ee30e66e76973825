import { expect, test } from 'vitest';
import { PullProgress } from './pull-progress.ts';

const downloading = (id: string, current: number, total?: number) => ({
  id,
  status: 'Downloading',
  progressDetail: { current, ...(total === undefined ? {} : { total }) },
});

test('PullProgress adds up the layers that are being downloaded', () => {
  const progress = new PullProgress();
  expect(progress.render()).toBeUndefined();
  progress.note({ status: 'Pulling from library/busybox', id: 'latest' });
  progress.note({ status: 'Already exists', id: 'base' });
  expect(progress.render()).toBeUndefined();
  progress.note(downloading('one', 512, 20 * 2 ** 20));
  expect(progress.render()).toBe('512 bytes of 20 MiB');
  progress.note({ id: 'one', status: 'Download complete', progressDetail: {} });
  progress.note(downloading('two', 2 ** 20, 3 * 2 ** 30));
  progress.note({ id: 'one', status: 'Extracting', progressDetail: { current: 1, total: 20 * 2 ** 20 } });
  expect(progress.render()).toBe('21 MiB of 3.0 GiB');
});

test.each([null, 'text', {}, { id: 3, status: 'Downloading' }, { id: 'a' }])('PullProgress passes over %j', (line) => {
  const progress = new PullProgress();
  progress.note(line);
  expect(progress.render()).toBeUndefined();
});

test('PullProgress takes what is there for the whole when no size is told', () => {
  const progress = new PullProgress();
  progress.note(downloading('one', 2048));
  expect(progress.render()).toBe('2.0 KiB of 2.0 KiB');
});
