import { renderList, renderMap, renderValue } from './bash-values.ts';
import type { JobPlan, PlannedContainer, RestartRule } from './job-plan.ts';

/** The pod and its containers, as the library reads them. */
export function containerVariables(plan: JobPlan): string[] {
  const { pod, containers } = plan;
  const map = (name: string, value: (container: PlannedContainer) => string | undefined) =>
    renderMap(
      name,
      containers.map((container) => [container.name, value(container)]),
    );
  return [
    renderValue('pod_namespace', pod.namespace),
    renderValue('pod_name', pod.name),
    renderValue('pod_uid', pod.uid),
    renderValue('pod_folder', plan.podFolder),
    renderValue('spool_folder', plan.spoolFolder),
    renderValue('file_system', plan.fileSystem),
    renderValue('grace_seconds', String(plan.graceSeconds)),
    renderValue('deadline_seconds', plan.deadlineSeconds === undefined ? '' : String(plan.deadlineSeconds)),
    renderList(
      'container_names',
      containers.map(({ name }) => name),
    ),
    map('container_kind', ({ kind }) => kind),
    map('container_image', ({ image }) => image),
    map('container_pull_policy', ({ imagePullPolicy }) => imagePullPolicy),
    renderValue('images_pulled_by', plan.imagesPulledBy),
    map('container_restart_policy', ({ restartPolicy }) => restartPolicy),
    map('container_restart_rules', ({ restartRules }) => renderRules(restartRules)),
    map('container_working_dir', ({ workingDir }) => workingDir || undefined),
    map('container_stdin', ({ stdin }) => stdin),
    map('container_tty', ({ tty }) => (tty === true ? 'yes' : undefined)),
    map('container_stop_signal', ({ stopSignal }) => stopSignal),
    map('container_termination_path', ({ terminationMessagePath }) => terminationMessagePath),
    ...mountVariables(plan),
    renderValue('proxy_login', plan.proxy?.loginNode ?? ''),
    renderValue('proxy_library', plan.proxy?.libraryPath ?? ''),
    renderValue('proxy_given_config', plan.proxy?.configPath ?? ''),
  ];
}

/** A rule a line: the operator, and the exit codes. */
function renderRules(rules: ReadonlyArray<RestartRule>): string | undefined {
  if (rules.length === 0) return undefined;
  return rules.map(({ operator, exitCodes }) => [operator, ...exitCodes].join(' ')).join('\n');
}

function mountVariables({ containers, scratchVolumes, scratchFolder }: JobPlan): string[] {
  const mounts = containers.flatMap(({ name, mounts }) => mounts.map((mount) => ({ container: name, ...mount })));
  const list = (name: string, value: (mount: (typeof mounts)[number]) => string) => renderList(name, mounts.map(value));
  const ofMedium = (wanted: 'scratch' | 'memory') =>
    scratchVolumes.filter(({ medium }) => medium === wanted).map(({ name }) => name);
  return [
    renderValue('scratch_variable', scratchFolder?.variable ?? ''),
    renderValue('scratch_path', scratchFolder?.path ?? ''),
    renderList('scratch_volumes', ofMedium('scratch')),
    renderList('memory_volumes', ofMedium('memory')),
    list('mount_container', ({ container }) => container),
    list('mount_volume', ({ volume }) => volume),
    list('mount_place', ({ source }) => source.in),
    list('mount_path', ({ source }) => source.path),
    list('mount_below', ({ source }) => (source.in === 'host' ? source.below : '')),
    list('mount_type', ({ source }) => (source.in === 'host' ? source.type : '')),
    list('mount_sub_path', ({ subPath }) => subPath ?? ''),
    list('mount_target', ({ target }) => target),
    list('mount_mode', ({ readOnly }) => (readOnly ? 'ro' : 'rw')),
  ];
}
