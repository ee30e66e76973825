import { expect, test } from 'vitest';
import { mergeFlags } from './merge-flags.ts';
import { parseFlags, renderFlags } from './parse-flags.ts';

const flagsOf = (text: string) => parseFlags(text.split(' ').filter((word) => word !== '')).flags;

test.each([
  ['--partition=a', '--partition=b --qos=c', '--partition=a --qos=c'],
  ['--mem-per-cpu=2G', '--mem=100M', '--mem-per-cpu=2G'],
  ['--cpus-per-gpu=2', '--cpus-per-task=4', '--cpus-per-gpu=2'],
  ['--gpus=2', '--gres=gpu:1,nvme:1', '--gpus=2 --gres=nvme:1'],
  ['--gres=gpu:a100:2', '--gpus-per-node=1', '--gres=gpu:a100:2'],
  ['--gres=nvme:1', '--gres=gpu:2', '--gres=nvme:1,gpu:2'],
  ['--gres=gpu:2', '--gres=gpu:1,nvme:1', '--gres=gpu:2,nvme:1'],
  ['--gres=gres/gpu=2', '--gres=gpu:1', '--gres=gres/gpu=2'],
  ['--gres=none', '--gres=gpu:1', '--gres=none'],
  ['--requeue', '--no-requeue', '--requeue'],
])('mergeFlags() puts %s before %s', (above, below, merged) => {
  expect(renderFlags(mergeFlags(flagsOf(above), flagsOf(below))).toSorted()).toEqual(merged.split(' ').toSorted());
});

test('mergeFlags() takes any number of layers, the first before all others', () => {
  const layers = ['--time=1', '--time=2 --mem=2', '--mem=3 --qos=3'].map(flagsOf);
  expect(Object.fromEntries(mergeFlags(...layers))).toEqual({ time: '1', mem: '2', qos: '3' });
});
