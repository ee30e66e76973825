import { renderList, renderMap, renderValue } from '../bash-values.ts';
import type { JobPlan } from '../job-plan.ts';
import type { RuntimeDriver } from '../runtime-driver.ts';
import type { EnrootPlan } from './enroot-plan.ts';
import { imageVariables } from './image-variables.ts';

/** Containers of enroot: see `enroot.sh`. */
export const enroot: RuntimeDriver = {
  name: 'enroot',
  files: [
    'runtimes/image-cache.sh',
    'runtimes/clean-environment.sh',
    'runtimes/enroot-image.sh',
    'runtimes/enroot-container.sh',
    'runtimes/enroot.sh',
  ],
  programs: [],
  renderVariables: ({ runtime }: JobPlan) => (runtime.driver === 'enroot' ? variablesOf(runtime) : []),
};

function variablesOf(plan: EnrootPlan): string[] {
  const containers = Object.entries(plan.containers);
  return [
    renderValue('enroot_path', plan.path),
    renderValue('enroot_hostname', plan.hostname),
    renderValue('enroot_host_lines', plan.hostLines.map((line) => `${line}\n`).join('')),
    renderList('enroot_options', plan.options),
    renderMap(
      'enroot_uri',
      containers.map(([name, { uri }]) => [name, uri]),
    ),
    renderMap(
      'enroot_gpus',
      containers.map(([name, { gpus }]) => [name, gpus]),
    ),
    renderMap(
      'enroot_read_only',
      containers.map(([name, { isReadOnly }]) => [name, isReadOnly ? 'yes' : undefined]),
    ),
    ...imageVariables(
      { cache: plan.imageCache, form: 'sqsh' },
      containers.map(([name, { image }]) => [name, image]),
    ),
  ];
}
