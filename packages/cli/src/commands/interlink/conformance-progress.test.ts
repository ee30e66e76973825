import { expect, test } from 'vitest';
import { ConformanceProgress } from './conformance-progress.ts';

function shown(isTTY: boolean): string[] {
  const texts: string[] = [];
  const progress = new ConformanceProgress({ isTTY, write: (text) => texts.push(text) });
  progress.onResult({ name: 'create-runs-pod', outcome: 'passed' });
  progress.onResult({ name: 'delete-ends-pod', outcome: 'failed' });
  progress.end();
  return texts.map((text) => text.replace('\r\u001b[K', '>'));
}

test('ConformanceProgress shows how far the suite is, and what fails as it fails, to a terminal only', () => {
  expect(shown(true)).toEqual([
    '>1 checks have ended, 0 of them failed …',
    '>  FAIL  delete-ends-pod\n',
    '>2 checks have ended, 1 of them failed …',
    '>',
  ]);
  expect(shown(false)).toEqual([]);
});
