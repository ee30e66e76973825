import type { ControlPlaneData, DockerData, TestbedData } from '../../testbed/index.ts';
import type { MissingRequirement } from '../../testbed/requirements.ts';

/** What every end-to-end test needs of a testbed. */
export interface TestbedParts {
  readonly controlPlane: ControlPlaneData;
  readonly docker: DockerData;
}

/** Whether this machine can run the end-to-end tests; what it lacks is told at the end of the run. */
export function isComplete({ controlPlane, docker }: TestbedData): boolean {
  return controlPlane !== undefined && docker !== undefined;
}

/** @throws Error on a machine that lacks one of them: those tests are skipped, see {@link isComplete} */
export function partsOf({ controlPlane, docker }: TestbedData): TestbedParts {
  if (controlPlane === undefined || docker === undefined) throw new Error('Cannot run: this testbed is not complete');
  return { controlPlane, docker };
}

/** Whether this machine lacks something that a part needs; what, is told at the end of the run. */
export function lacks({ missing }: TestbedData, part: MissingRequirement['part']): boolean {
  return missing.some((one) => one.part === part);
}
