import { expect, test } from 'vitest';
import { unknownAnnotations } from './unknown-annotations.ts';

const known = ['job.example.com/flags', 'job.example.com/pre-exec', 'old.example.com/pre-exec'];

test.each([
  ['job.example.com/flag', ['annotation job.example.com/flag is unknown: did you mean job.example.com/flags?']],
  ['job.example.com/Flags', ['annotation job.example.com/Flags is unknown: did you mean job.example.com/flags?']],
  ['old.example.com/flags', ['annotation old.example.com/flags is unknown: one of old.example.com/pre-exec is wanted']],
  [
    'job.example.com/colour',
    ['annotation job.example.com/colour is unknown: one of job.example.com/flags, job.example.com/pre-exec is wanted'],
  ],
  ['job.example.com/pre-exec', []],
  ['kubectl.kubernetes.io/flag', []],
  ['job.example.com.evil/flag', []],
  ['flag', []],
])('unknownAnnotations() of %s is %j', (name, expected) => {
  expect(unknownAnnotations({ [name]: 'x' }, known)).toEqual(expected);
});

test('unknownAnnotations() is nothing where a pod has no annotations', () => {
  expect(unknownAnnotations(undefined, known)).toEqual([]);
});
