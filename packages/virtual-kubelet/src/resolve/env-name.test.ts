import { describe, expect, it } from 'vitest';
import { isEnvName } from './env-name.ts';

describe('isEnvName()', () => {
  it.each(['A', 'a.b-c', '1x', 'with space', '!~', 'a:b', '..'])('allows %j', (name) => {
    expect(isEnvName(name)).toBe(true);
  });

  it.each(['', 'a=b', '=', 'tab\t', 'line\n', 'é', 'nul\0', '\x7f'])('refuses %j', (name) => {
    expect(isEnvName(name)).toBe(false);
  });
});
