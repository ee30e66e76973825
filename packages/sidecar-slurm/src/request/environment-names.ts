import type { EventText, PodSpec } from '@interlink/sidecar-sdk';

/** Whether a variable of this name can be had in a job: Apptainer refuses names that are none of a shell's. */
export function isEnvironmentName(name: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name);
}

/** One event of the kubelet's reason for each container with variables that are left out. */
export function environmentEvents(spec: PodSpec): EventText[] {
  return [...(spec.initContainers ?? []), ...spec.containers].flatMap((container) => {
    const dropped = (container.env ?? []).map(({ name }) => name).filter((name) => !isEnvironmentName(name));
    if (dropped.length === 0) return [];
    return [
      {
        type: 'Warning' as const,
        reason: 'InvalidEnvironmentVariableNames',
        message: `Variables ${dropped.join(', ')} of container ${container.name} are left out: jobs have names of letters, digits and "_" only`,
      },
    ];
  });
}
