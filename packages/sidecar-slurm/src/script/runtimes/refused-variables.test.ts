import { expect, test } from 'vitest';
import { refusedVariables } from './refused-variables.ts';

test('refusedVariables() names what a shell between Apptainer and the container does not hand on', () => {
  const names = ['PATH', '_a1', 'a.b', 'a-b', '1a', 'UID', 'APPTAINER_NAME', 'HOME', 'ä'];
  expect(refusedVariables(names.map((name) => ({ name })))).toEqual(['a.b', 'a-b', '1a', 'UID', 'APPTAINER_NAME', 'ä']);
});
