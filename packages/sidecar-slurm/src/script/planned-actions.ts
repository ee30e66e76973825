import { type LifecycleHandler, type Probe, type ProbeKind, probeKinds, probeOf } from '@interlink/sidecar-sdk';
import type { PlannedContainer } from './job-plan.ts';

/** A probe or a hook as the job script knows it. */
export interface NamedAction {
  /** `main/liveness`, `main/preStop` */
  readonly key: string;
  /** The file of the container that holds its words: a command's, or the lines of a header. */
  readonly file: string;
  readonly container: PlannedContainer;
  /** `none` is an action that this release does not know, and fails whenever it is run. */
  readonly does: 'exec' | 'http' | 'tcp' | 'sleep' | 'none';
  readonly exec?: LifecycleHandler['exec'];
  readonly http?: Probe['httpGet'];
  readonly tcp?: Probe['tcpSocket'];
  readonly sleepSeconds?: number | undefined;
}

export interface NamedProbe extends NamedAction {
  readonly rules: Probe;
}

export function probesOf(container: PlannedContainer): NamedProbe[] {
  return probeKinds.flatMap((kind) => {
    const rules = probeOf(container.probes, kind);
    return rules === undefined ? [] : [toProbe(kind, rules, container)];
  });
}

function toProbe(kind: ProbeKind, rules: Probe, container: PlannedContainer): NamedProbe {
  const { exec, httpGet: http, tcpSocket: tcp } = rules;
  const does = exec !== undefined ? 'exec' : http !== undefined ? 'http' : tcp !== undefined ? 'tcp' : 'none';
  return { key: `${container.name}/${kind}`, file: `probe-${kind}`, container, does, exec, http, tcp, rules };
}

export function hooksOf(container: PlannedContainer): NamedAction[] {
  return (['postStart', 'preStop'] as const).flatMap((kind) => {
    const handler = container.hooks[kind];
    return handler === undefined ? [] : [toHook(kind, handler, container)];
  });
}

function toHook(
  kind: string,
  { exec, httpGet: http, sleep }: LifecycleHandler,
  container: PlannedContainer,
): NamedAction {
  const does = exec !== undefined ? 'exec' : http !== undefined ? 'http' : sleep !== undefined ? 'sleep' : 'none';
  const key = `${container.name}/${kind}`;
  return { key, file: `hook-${kind}`, container, does, exec, http, sleepSeconds: sleep?.seconds };
}
