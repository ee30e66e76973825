import type { PlannedImage } from '../../image/planned-image.ts';
import type { JobPlan, PlannedContainer } from '../job-plan.ts';

/** A container that does nothing, with what a test cares about. */
export function plannedContainer(name: string, parts: Partial<PlannedContainer> = {}): PlannedContainer {
  return {
    name,
    kind: 'container',
    image: 'busybox',
    imagePullPolicy: 'IfNotPresent',
    command: ['true'],
    env: [],
    mounts: [],
    restartPolicy: 'Never',
    restartRules: [],
    probes: {},
    hooks: {},
    ports: {},
    terminationMessagePath: '/dev/termination-log',
    ...parts,
  };
}

/** A container that a shell runs. */
export function shellContainer(name: string, text: string, parts: Partial<PlannedContainer> = {}): PlannedContainer {
  return plannedContainer(name, { command: ['sh', '-c', text], ...parts });
}

export function jobPlan(parts: Partial<JobPlan> = {}): JobPlan {
  return {
    pod: { namespace: 'ns', name: 'p', uid: '11111111-1111-4111-8111-111111111111' },
    podFolder: '/home/alice/.interlink/slurm/ns-11111111-1111-4111-8111-111111111111',
    spoolFolder: '/home/alice/.interlink/slurm/.spool',
    fileSystem: 'shared',
    bashPath: '/bin/bash',
    graceSeconds: 30,
    containers: [plannedContainer('main')],
    scratchVolumes: [],
    site: {},
    runtime: { driver: 'none' },
    imagesPulledBy: 'job',
    ...parts,
  };
}

/** An image of a registry, as it is planned while the registry answers. */
export function plannedImage(parts: Partial<PlannedImage> = {}): PlannedImage {
  return {
    uri: 'docker://docker.io/library/busybox@sha256:1111',
    name: 'docker.io/library/busybox:1.36',
    path: '',
    key: 'sha256-1111',
    imageId: 'docker.io/library/busybox@sha256:1111',
    policy: 'IfNotPresent',
    repository: 'docker.io/library/busybox',
    isVerified: true,
    logins: [],
    accessKeys: ['anybody'],
    isInsecure: false,
    lookedFor: '',
    ...parts,
  };
}
