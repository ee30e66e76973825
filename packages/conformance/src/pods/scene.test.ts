import { expect, test } from 'vitest';
import { outputOf, podOf } from './scene.ts';

const image = 'busybox';
const scriptOf = (scene: Parameters<typeof podOf>[0]) => podOf(scene).pod.spec.containers[0]?.command?.[2];
const annotationsOf = (scene: Parameters<typeof podOf>[0]) => podOf(scene).pod.metadata.annotations;

test('podOf() tells the scene as a shell command', () => {
  expect(scriptOf({ image, lines: ['one', 'two'], lineIntervalSeconds: 1, runSeconds: 0, exitCode: 7 })).toBe(
    "trap 'exit 0' TERM; echo 'one'; sleep 1; echo 'two'; exit 7",
  );
  expect(scriptOf({ image, termSeconds: 2 })).toMatch(/^trap 'sleep 2; exit 0' TERM; sleep \d+ & while kill -0 \$! /);
  expect(scriptOf({ image, termSeconds: Number.POSITIVE_INFINITY })).toMatch(/^trap '' TERM; /);
});

test('podOf() tells the scene as annotations', () => {
  expect(annotationsOf({ image, lines: ['one', 'two'], lineIntervalSeconds: 1, runSeconds: 2, exitCode: 7 })).toEqual({
    'mock.interlink.eu/log': 'one\ntwo',
    'mock.interlink.eu/log-interval': '1000',
    'mock.interlink.eu/run-seconds': '3',
    'mock.interlink.eu/exit-code': '7',
  });
  expect(annotationsOf({ image })).not.toHaveProperty(['mock.interlink.eu/run-seconds']);
});

test('outputOf() ends each line', () => {
  expect(outputOf({ lines: ['one', 'two'] })).toBe('one\ntwo\n');
  expect(outputOf({})).toBe('');
});
