import type { ObjectReference } from '@interlink/kube';
import { vi } from 'vitest';
import { Admission } from '../../admission/admission.ts';
import { openDoor } from '../../admission/testing/open-door.ts';
import { keepLogLines } from '../../kubelet-api/testing/log-lines.ts';
import { ServiceLinks } from '../../resolve/service-links.ts';
import { NODE } from '../../resolve/testing/fake-objects.ts';
import type { FakeCluster } from '../../testing/fake-cluster.ts';
import { podAddresses } from '../../trust/pod-addresses.ts';
import { PodController } from '../pod-controller.ts';
import type { FakeBackend } from './fake-backend.ts';

let stops: Array<() => Promise<void>> = [];

/** After each test. */
export async function endControllers(): Promise<void> {
  for (const stop of stops) await stop();
  stops = [];
}

/** Lets time pass, on vitest's fake timers, then everything come to rest. */
export async function settle(ms = 0): Promise<void> {
  await vi.advanceTimersByTimeAsync(ms);
  for (let round = 0; round < 5; round += 1) await vi.advanceTimersByTimeAsync(0);
}

/** A controller at work. `events` holds `Type Reason: message`, `fieldPaths` what part of the pod each is about. */
export async function startController(
  cluster: FakeCluster,
  backend: FakeBackend,
  { namespaces }: { namespaces?: readonly string[] } = {},
) {
  const stop = new AbortController();
  const events: string[] = [];
  const fieldPaths: Array<string | undefined> = [];
  const { logger, lines, everything } = keepLogLines();
  const record = ({ fieldPath }: ObjectReference, type: string, reason: string, message: string) => {
    events.push(`${type} ${reason}: ${message}`);
    fieldPaths.push(fieldPath);
  };
  const services = new ServiceLinks({ client: cluster.asClient(), logger });
  const controller = new PodController({
    client: cluster.asClient(),
    provider: backend,
    node: NODE,
    admission: new Admission(openDoor),
    podAddresses: podAddresses(undefined, []),
    events: { record } as unknown as ConstructorParameters<typeof PodController>[0]['events'],
    logger,
    services,
    workers: 4,
    namespaces,
    capabilities: () => backend.announced,
    onCapabilities: () => undefined,
    onReach: () => undefined,
  });
  const running = Promise.all([controller.run(stop.signal), services.run(stop.signal)]);
  const end = async () => {
    stop.abort();
    await running;
  };
  stops.push(end);
  await settle();
  return { controller, events, fieldPaths, lines, everything, end };
}
