import { InterLinkError, type Probe, resolvePort, toProbeRules, toRequestPath } from '@interlink/sidecar-sdk';
import { renderMap } from './bash-values.ts';
import type { PlannedContainer } from './job-plan.ts';
import { hooksOf, type NamedAction, probesOf } from './planned-actions.ts';

/** The probes and hooks; words of commands and header lines are not among it, but in files: see `jobFiles`. */
export function actionVariables(containers: ReadonlyArray<PlannedContainer>): string[] {
  const probes = containers.flatMap(probesOf);
  const hooks = containers.flatMap(hooksOf);
  const probe = (name: string, value: (probe: Probe) => number | undefined) =>
    renderMap(
      `probe_${name}`,
      probes.map(({ key, rules }) => [key, value(rules)?.toString()]),
    );
  return [
    ...addressVariables('probe', probes),
    probe('delay', (each) => toProbeRules(each).initialDelayMs / 1_000),
    probe('period', (each) => toProbeRules(each).periodMs / 1_000),
    probe('timeout', (each) => toProbeRules(each).timeoutSeconds),
    probe('successes', (each) => toProbeRules(each).successThreshold),
    probe('failures', (each) => toProbeRules(each).failureThreshold),
    probe('grace', (each) => each.terminationGracePeriodSeconds),
    ...addressVariables('hook', hooks),
    renderMap(
      'hook_seconds',
      hooks.map(({ key, sleepSeconds }) => [key, sleepSeconds?.toString()]),
    ),
  ];
}

/** What each does, and where its connection goes; without a host it is the pod's own address, which only the node knows. */
function addressVariables(name: 'probe' | 'hook', actions: ReadonlyArray<NamedAction>): string[] {
  const map = (suffix: string, value: (action: NamedAction) => string | undefined) =>
    renderMap(
      `${name}_${suffix}`,
      actions.map((action) => [action.key, value(action)]),
    );
  return [
    map('action', ({ does }) => does),
    map('scheme', ({ http }) => http && (http.scheme ?? 'HTTP')),
    map('host', ({ http, tcp }) => (http ?? tcp)?.host || undefined),
    map('port', ({ http, tcp, container }) => {
      const port = (http ?? tcp)?.port;
      return port === undefined ? undefined : String(portOf(port, container));
    }),
    map('path', ({ http }) => http && toRequestPath(http.path ?? '')),
  ];
}

/** @throws InterLinkError `failed_precondition` for a name that none of the container's ports has */
function portOf(port: number | string, { name, ports }: PlannedContainer): number {
  try {
    return resolvePort(port, ports);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new InterLinkError('failed_precondition', `a probe or hook of container ${name} has no way: ${why}`);
  }
}
