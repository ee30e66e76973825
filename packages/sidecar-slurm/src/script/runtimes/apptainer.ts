import { renderList, renderMap, renderValue } from '../bash-values.ts';
import type { JobPlan } from '../job-plan.ts';
import type { RuntimeDriver } from '../runtime-driver.ts';
import type { ApptainerPlan } from './apptainer-plan.ts';
import { imageVariables } from './image-variables.ts';

/** Containers of Apptainer, and of Singularity: see `apptainer.sh`. */
export const apptainer: RuntimeDriver = {
  name: 'apptainer',
  files: [
    'runtimes/image-cache.sh',
    'runtimes/oci-config.sh',
    'runtimes/container-paths.sh',
    'runtimes/clean-environment.sh',
    'runtimes/apptainer-environment.sh',
    'runtimes/apptainer-image.sh',
    'runtimes/apptainer-instance.sh',
    'runtimes/apptainer.sh',
  ],
  programs: [],
  renderVariables: ({ runtime }: JobPlan) => (runtime.driver === 'apptainer' ? variablesOf(runtime) : []),
};

function variablesOf(plan: ApptainerPlan): string[] {
  const containers = Object.entries(plan.containers);
  return [
    renderValue('apptainer_path', plan.path),
    renderValue('apptainer_hostname', plan.hostname),
    renderValue('apptainer_host_lines', plan.hostLines.map((line) => `${line}\n`).join('')),
    renderList('apptainer_options', plan.options),
    renderList('apptainer_prefix', plan.prefix),
    renderMap(
      'apptainer_gpus',
      containers.map(([name, { gpus }]) => [name, gpus]),
    ),
    renderMap(
      'apptainer_read_only',
      containers.map(([name, { isReadOnly }]) => [name, isReadOnly ? 'yes' : undefined]),
    ),
    ...imageVariables(
      { cache: plan.imageCache, form: 'sif' },
      containers.map(([name, { image }]) => [name, image]),
    ),
  ];
}
