import type { JobPlan } from '../script/job-plan.ts';
import { renderPod } from '../script/render-job-script.ts';
import { driverOf } from '../script/runtimes/drivers.ts';
import { scriptText } from '../script/script-text.ts';

/** What of the job's library it needs, before the driver. */
const library = ['base', 'sweep', 'folders'] as const;

/**
 * The bash script that pulls an image of the pod on the login node: the container's name is its argument. It is made of the same parts as
 * the job's, so that both find the same files in the cache and wait for the same locks. Logins are in files beside it, as for a job.
 */
export function renderPullScript(plan: JobPlan): string {
  return [
    renderPod(plan),
    ...library.map((part) => scriptText(`lib/${part}.sh`)),
    ...driverOf(plan.runtime.driver).files.map(scriptText),
    scriptText('lib/pull.sh'),
    'pull_ahead "$1"\n',
  ].join('\n');
}
