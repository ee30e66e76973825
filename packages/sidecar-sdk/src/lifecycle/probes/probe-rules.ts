import type { Container, Probe } from '@interlink/protocol';

/** In the order in which they begin. */
export const probeKinds = ['startup', 'liveness', 'readiness'] as const;
export type ProbeKind = (typeof probeKinds)[number];

/** The probes of a container. */
export type ContainerProbes = Pick<Container, 'startupProbe' | 'livenessProbe' | 'readinessProbe'>;

/** When a probe runs and how often it must say the same. Times in milliseconds. */
export interface ProbeRules {
  readonly initialDelayMs: number;
  readonly periodMs: number;
  readonly timeoutSeconds: number;
  readonly successThreshold: number;
  readonly failureThreshold: number;
}

/**
 * A probe's numbers, with the API server's defaults for those that are absent or 0
 * (https://github.com/kubernetes/kubernetes/blob/master/pkg/apis/core/v1/defaults.go `SetDefaults_Probe`).
 */
export function toProbeRules(probe: Probe): ProbeRules {
  return {
    initialDelayMs: (probe.initialDelaySeconds ?? 0) * 1_000,
    periodMs: (probe.periodSeconds || 10) * 1_000,
    timeoutSeconds: probe.timeoutSeconds || 1,
    successThreshold: probe.successThreshold || 1,
    failureThreshold: probe.failureThreshold || 3,
  };
}

/** The container's probe of that kind. */
export function probeOf(probes: ContainerProbes, kind: ProbeKind): Probe | undefined {
  switch (kind) {
    case 'startup':
      return probes.startupProbe;
    case 'liveness':
      return probes.livenessProbe;
    case 'readiness':
      return probes.readinessProbe;
  }
}
