import { actionVariables } from './action-variables.ts';
import { containerVariables } from './container-variables.ts';
import type { JobPlan, SiteText } from './job-plan.ts';
import type { RuntimeDriver } from './runtime-driver.ts';
import { driverOf } from './runtimes/drivers.ts';
import { scriptText } from './script-text.ts';

/** In the order in which bash reads them: what is used at once comes before. */
const library = [
  'settings',
  'base',
  'state',
  'log-writer',
  'tasks',
  'missing',
  'attempts',
  'input',
  'actions',
  'probes',
  'hooks',
  'mpi',
  'mounts',
  'sweep',
  'folders',
  'images',
  'containers',
  'stopping',
  'pod',
  'usage',
  'guard',
  'proxy',
  'loop',
  'remote',
  'claim',
  'job',
] as const;

/**
 * The job's bash script: what the pod is, the library, the driver of its runtime, the site's own text, and the call that runs it. It
 * holds names, images, paths and numbers; what may be secret is in files beside it, see `jobFiles`.
 */
export function renderJobScript(plan: JobPlan): Buffer {
  return Buffer.concat([
    Buffer.from(`${renderPod(plan)}\n`),
    libraryOf(driverOf(plan.runtime.driver)),
    Buffer.from(`\n${renderWork(plan)}`),
  ]);
}

/** The first part: all that there is of the pod. */
export function renderPod(plan: JobPlan): string {
  const { namespace, name, uid } = plan.pod;
  return [
    `#!${plan.bashPath}`,
    `# Pod ${namespace}/${name} (${uid}), written by the Slurm sidecar of InterLink. See docs/slurm.md.`,
    '',
    '# --- the pod ------------------------------------------------------------------------------------------------------------',
    ...containerVariables(plan),
    ...actionVariables(plan.containers),
    ...driverOf(plan.runtime.driver).renderVariables(plan),
    '',
  ].join('\n');
}

/** The second part: the same for all pods of a runtime, so it is put together once, as the bytes that are written. */
function libraryOf(driver: RuntimeDriver): Buffer {
  const known = libraries.get(driver.name);
  if (known !== undefined) return known;
  const bytes = Buffer.from(renderLibrary(driver));
  libraries.set(driver.name, bytes);
  return bytes;
}

const libraries = new Map<RuntimeDriver['name'], Buffer>();

function renderLibrary(driver: RuntimeDriver): string {
  return [
    ...library.map((part) => scriptText(`lib/${part}.sh`)),
    renderProgram('log_writer_program', 'lib/log-writer.pl'),
    ...driver.programs.map(({ variable, path }) => renderProgram(variable, path)),
    ...driver.files.map(scriptText),
  ].join('\n');
}

/** The last part: what is done. Files are the account's alone, whatever umask sbatch has passed on. */
export function renderWork(plan: JobPlan): string {
  return ['umask 077', 'take_pod "$@"', 'begin_job', '', ...siteText(plan.site), 'run_job', ''].join('\n');
}

/** A program in another language, as a variable of bash. */
function renderProgram(variable: string, path: string): string {
  return `IFS= read -r -d '' ${variable} <<'END_OF_PROGRAM'\n${scriptText(path)}END_OF_PROGRAM\n`;
}

function siteText({ commandPrefix, preExec }: SiteText): string[] {
  return [...section('CommandPrefix', commandPrefix), ...section('pre-exec', preExec)];
}

function section(name: string, text: string | undefined): string[] {
  return text === undefined || text === '' ? [] : [`# --- ${name}, as it was given`, text, ''];
}
