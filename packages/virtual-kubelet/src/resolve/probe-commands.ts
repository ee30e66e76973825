import type { Container, Probe } from '@interlink/kube';
import { expandVariables } from './expand-variables.ts';

/**
 * A container's probes, their commands expanded as a kubelet does it: against the values that stand in the container's `env`, and with
 * nothing for those that come from elsewhere, so that no Secret becomes an argument. Hooks are not expanded.
 * @see https://github.com/kubernetes/kubernetes/blob/master/pkg/kubelet/container/helpers.go `ExpandContainerCommandOnlyStatic`
 */
export function expandProbeCommands(container: Container): Partial<Container> {
  const written = new Map((container.env ?? []).map(({ name, value }) => [name, value ?? '']));
  const expand = (probe: Probe): Probe => {
    const command = probe.exec?.command;
    if (command === undefined) return probe;
    return { ...probe, exec: { command: command.map((text) => expandVariables(text, (name) => written.get(name))) } };
  };
  const { startupProbe, livenessProbe, readinessProbe } = container;
  return {
    ...(startupProbe === undefined ? {} : { startupProbe: expand(startupProbe) }),
    ...(livenessProbe === undefined ? {} : { livenessProbe: expand(livenessProbe) }),
    ...(readinessProbe === undefined ? {} : { readinessProbe: expand(readinessProbe) }),
  };
}
