import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { busyecho } from '../packages/cli/src/demo/demo-pod.ts';

test('busyecho is the pod of examples/interlink_mock/payloads/busyecho_k8s.yaml', () => {
  const file = new URL('../examples/interlink_mock/payloads/busyecho_k8s.yaml', import.meta.url);
  expect(parse(readFileSync(file, 'utf8'))).toEqual(busyecho);
});
