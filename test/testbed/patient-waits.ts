import { expect, vi } from 'vitest';
import { PATIENCE } from './patience.ts';

// A setup file: without a limit of their own, `vi.waitFor` and `expect.poll` give up after 20 s; vitest's own second is short for a busy
// machine. A limit of their own is `PATIENCE` times as long in CI. Files that share a worker share `vi` and `expect`.
const DEFAULT_TIMEOUT_MS = 20_000;
const patient = Symbol.for('interlink.patient-waits');
const marked: object = vi;

if (!Reflect.has(marked, patient)) {
  Reflect.set(marked, patient, true);
  const { waitFor } = vi;
  const { poll } = expect;
  vi.waitFor = async (callback, options = {}) => {
    const given = typeof options === 'number' ? { timeout: options } : options;
    return await waitFor(callback, { ...given, timeout: patienceFor(given.timeout) });
  };
  expect.poll = (look, options = {}) => poll(look, { ...options, timeout: patienceFor(options.timeout) });
}

function patienceFor(timeoutMs = DEFAULT_TIMEOUT_MS): number {
  return timeoutMs * PATIENCE;
}
