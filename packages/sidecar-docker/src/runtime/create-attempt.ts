import { type CreateOrder, InterLinkError, type PodRequest } from '@interlink/sidecar-sdk';
import { type PlannedContainer, planContainer, toContainerOptions } from '../container/container-options.ts';
import { createContainer } from '../container/create-container.ts';
import { refuseRoot, toSecuritySettings } from '../container/security-context.ts';
import { giveDevices } from '../devices/give-devices.ts';
import { wantedDevices } from '../devices/wanted-devices.ts';
import { toImageWish } from '../image/pull-policy.ts';
import type { PodWork } from '../pods/pod-work.ts';
import type { SitePolicy } from '../site/site-policy.ts';
import { attemptsOf, findContainer, type PodSnapshot } from '../status/pod-snapshot.ts';
import { refuseDebugger, targetOf } from '../update/refuse-debugger.ts';
import type { DockerRuntimeOptions } from './docker-runtime.ts';
import { type NextAttemptContext, toNextAttempt } from './next-attempt.ts';
import { withRememberedSecurity } from './remembered-security.ts';
import { mountTerminationLog } from './termination-log.ts';

/**
 * Gets a container's image and makes its next attempt: the first from the pod's request, later ones from the one before, so that they
 * need nothing that only this process knows. @throws InterLinkError whose reason is the waiting reason
 */
export async function createAttempt(order: CreateOrder, options: DockerRuntimeOptions): Promise<void> {
  const { reader, works } = options;
  const { uid } = order.pod.pod.metadata;
  const snapshot = await reader.readPod(uid);
  if (snapshot?.sandbox === undefined) return;
  const before = attemptsOf(snapshot.containers, order.container)[0];
  if (before !== undefined && before.labels.attempt >= order.attempt) return;
  if (before === undefined) await createFirst(order, snapshot, works.get(uid), options);
  else await createNext(order, snapshot.sandbox.id, { before, labels: snapshot.pod, ...options });
}

async function createFirst(
  order: CreateOrder,
  snapshot: PodSnapshot,
  work: PodWork,
  options: DockerRuntimeOptions,
): Promise<void> {
  const { images, root, volumes, devices, engine } = options;
  const { pod: labels, sandbox } = snapshot;
  const planned = plan(order.container, snapshot, work);
  const request = work.request ?? (work.updated && withRememberedSecurity(work.updated, labels));
  if (planned === undefined || request === undefined || sandbox === undefined) return;
  const { spec } = planned;
  const policy = await options.policy();
  if (planned.kind === 'ephemeral') await assertDebuggable(planned, snapshot, request, { ...options, policy });
  const image = await images.get(toImageWish(spec, labels.uid), order.tell, order.signal);
  const refusal = refuseRoot(toSecuritySettings(spec, request.pod.spec), image.user);
  if (refusal !== undefined) {
    throw new InterLinkError('failed_precondition', refusal, { reason: 'CreateContainerConfigError' });
  }
  const { attempt, failuresBefore } = order;
  const place = { root, uid: labels.uid, attempt: { container: spec.name, number: attempt } };
  const log = await mountTerminationLog(spec, place);
  order.signal.throwIfAborted();
  await devices.withDevices(wantedDevices(spec), async (given) => {
    await volumes.withMounts(spec, request.pod, async (mounts) => {
      const names = { request, labels, sandboxId: sandbox.id, image, policy };
      const body = toContainerOptions(planned, { ...names, attempt, failuresBefore, mounts: [...mounts, log] });
      const place = { sandboxId: sandbox.id, features: policy.engine };
      await createContainer(engine, giveDevices(body, given, policy.engine), place);
    });
  });
}

async function createNext(
  order: CreateOrder,
  sandboxId: string,
  context: Omit<NextAttemptContext, 'isPodman'> & DockerRuntimeOptions,
): Promise<void> {
  const { engine, volumes, devices, before } = context;
  const policy = await context.policy();
  const body = await toNextAttempt(order, { ...context, isPodman: policy.engine.isPodman });
  const { Mounts: mounts = [], ...host } = body.HostConfig ?? {};
  order.signal.throwIfAborted();
  await devices.withDevicesOf(before, async (given) => {
    await volumes.withMountsOf(order.container, mounts, async (checked) => {
      const mounted = { ...body, HostConfig: { ...host, Mounts: checked } };
      await createContainer(engine, giveDevices(mounted, given, policy.engine), { sandboxId, features: policy.engine });
    });
  });
}

function plan(name: string, snapshot: PodSnapshot, work: PodWork): PlannedContainer | undefined {
  const debuggers = [...work.debuggers.values()];
  const ephemeral = debuggers.find((container) => container.name === name);
  if (ephemeral === undefined) {
    const planned = work.request && planContainer(work.request, name);
    return planned && { ...planned, spec: work.asUpdated(planned.spec) };
  }
  const pidOf = findContainer(snapshot, targetOf(ephemeral))?.id;
  const position = debuggers.indexOf(ephemeral);
  return { spec: ephemeral, kind: 'ephemeral', position, ...(pidOf === undefined ? {} : { pidOf }) };
}

async function assertDebuggable(
  { spec }: PlannedContainer,
  snapshot: PodSnapshot,
  request: PodRequest,
  options: Omit<DockerRuntimeOptions, 'policy'> & { readonly policy: SitePolicy },
): Promise<void> {
  const refusal = await refuseDebugger(spec, snapshot, { ...options, request });
  if (refusal !== undefined) {
    throw new InterLinkError('failed_precondition', refusal, { reason: 'CreateContainerError' });
  }
}
