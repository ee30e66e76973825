import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type Docker from 'dockerode';
import { describe, expect, test } from 'vitest';
import { nothingKnown, toPodReport } from './report.ts';
import { toEngineContainer } from './status/engine-container.ts';
import { nextActions } from './status/next-actions.ts';
import { type PodSnapshot, toSnapshot } from './status/pod-snapshot.ts';

const testdata = join(import.meta.dirname, 'testdata');
const cases = readdirSync(testdata)
  .filter((file) => file.endsWith('.inspect.json'))
  .map((file) => file.replace('.inspect.json', ''));

/** What a real engine (20.10) answered. */
function readSnapshot(name: string): PodSnapshot {
  const inspected = JSON.parse(
    readFileSync(join(testdata, `${name}.inspect.json`), 'utf8'),
  ) as Docker.ContainerInspectInfo[];
  const found = inspected.map(toEngineContainer).filter((one) => one !== undefined);
  const [first] = found;
  if (first === undefined) throw new Error(`${name} holds no container of ours`);
  return toSnapshot(
    first.pod,
    found.map(({ container }) => container),
  );
}

describe('toPodReport() of recorded containers', () => {
  test.each(cases)('%s', async (name) => {
    const snapshot = readSnapshot(name);
    const seen = { report: toPodReport(snapshot, nothingKnown), next: nextActions(snapshot) };
    await expect(JSON.stringify(seen, null, 2)).toMatchFileSnapshot(join(testdata, `${name}.report.json`));
  });
});

describe('toPodReport() of a pod with containers missing', () => {
  const whole = readSnapshot('init-then-running');
  const without = (...names: string[]): PodSnapshot => ({
    ...whole,
    slots: whole.slots.map((slot) => (names.includes(slot.entry.name) ? { ...slot, container: undefined } : slot)),
  });

  test('asks its owner for the request when nobody creates them', () => {
    expect(toPodReport(without('main'), nothingKnown).incomplete).toBe(true);
  });

  test('does not while they are being created, and shows why they wait', () => {
    const waiting = { reason: 'ErrImagePull', message: 'no such host' };
    const known = { problems: new Map([['main', waiting]]), isBeingCreated: true };
    const report = toPodReport(without('main'), known);
    expect(report.incomplete).toBeUndefined();
    expect(report.status.containerStatuses[0]?.state).toEqual({ waiting });
  });

  test('takes an init container that is gone while the pod runs for completed', () => {
    const report = toPodReport(without('setup'), nothingKnown);
    expect(report.incomplete).toBeUndefined();
    expect(report.status.initContainerStatuses?.[0]).toMatchObject({
      ready: true,
      state: { terminated: { exitCode: 0 } },
    });
  });

  test('fails a pod whose sandbox somebody removed', () => {
    const report = toPodReport({ ...whole, sandbox: undefined }, nothingKnown);
    expect(report).toMatchObject({ status: { phase: 'Failed', reason: 'SandboxLost' } });
    expect(report.incomplete).toBeUndefined();
  });
});
