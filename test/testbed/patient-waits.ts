import { vi } from 'vitest';
import { PATIENCE } from './patience.ts';

// A setup file: without a limit of their own, `vi.waitFor` gives up after 20 s; vitest's own second is short for a busy
// machine. (`expect.poll` is told so by vitest.config.ts.) Files that share a worker share `vi`.
const DEFAULT_TIMEOUT_MS = 20_000;
const patient = Symbol.for('interlink.patient-waits');
const marked: object = vi;

if (!Reflect.has(marked, patient)) {
  Reflect.set(marked, patient, true);
  const { waitFor } = vi;
  vi.waitFor = async (callback, options = {}) => {
    const given = typeof options === 'number' ? { timeout: options } : options;
    return await waitFor(callback, { ...given, timeout: (given.timeout ?? DEFAULT_TIMEOUT_MS) * PATIENCE });
  };
}
