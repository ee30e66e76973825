import type { EventText, Owner, PodRequest } from '@interlink/sidecar-sdk';
import type { ClusterView } from '../cluster/cluster-view.ts';
import { toPartitionLimits } from '../cluster/partition-limits.ts';
import type { PodFileContent } from '../create.ts';
import type { PodFolder } from '../folder/pod-folder.ts';
import { type PlannedPull, planPulls } from '../pull/plan-pulls.ts';
import { renderPullScript } from '../pull/render-pull-script.ts';
import type { Submission } from '../request/submission.ts';
import { toSubmission } from '../request/to-submission.ts';
import { jobFiles } from '../script/job-files.ts';
import { renderJobScript } from '../script/render-job-script.ts';
import type { SlurmSite } from '../site/slurm-site.ts';
import type { SubmitOrder } from '../slurm/submit-order.ts';
import { fitToSiteScript } from './fit-to-site-script.ts';
import { planJob } from './plan-job.ts';
import type { RuntimePlanner } from './runtime-planner.ts';

/** All that makes a pod a job, and what its author is told. */
export interface PlannedPod {
  readonly order: Omit<SubmitOrder, 'scriptArguments'>;
  readonly script: Buffer;
  /** Beside the script; some are secret. */
  readonly files: ReadonlyArray<PodFileContent>;
  /** Images that have to be there first. */
  readonly pulls: ReadonlyArray<PlannedPull>;
  readonly warnings: ReadonlyArray<EventText>;
}

export interface PodPlannerOptions {
  readonly site: SlurmSite;
  readonly cluster: Pick<ClusterView, 'readIfThere'>;
  readonly runtimes: RuntimePlanner;
  readonly spoolFolder: string;
}

/** Turns pods into jobs. Nothing is written, and Slurm is not told. */
export class PodPlanner {
  readonly #options: PodPlannerOptions;

  constructor(options: PodPlannerOptions) {
    this.#options = options;
  }

  /** @throws InterLinkError `failed_precondition` for what can never run here, `unavailable` for what can't now */
  async plan(request: PodRequest, owner: Owner, folder: PodFolder): Promise<PlannedPod> {
    const { site, cluster, runtimes, spoolFolder } = this.#options;
    const state = await cluster.readIfThere();
    const submission = toSubmission(request, owner, site, state && toPartitionLimits(state));
    const { runtime, files } = await runtimes.plan(request, submission);
    const whole = planJob({ pod: request.pod, options: submission.pod, folder, spoolFolder, site, runtime });
    const { plan, warnings } = runtime.driver === 'foreign' ? fitToSiteScript(whole) : { plan: whole, warnings: [] };
    const pulls = planPulls(plan);
    const pullScript = pulls.length === 0 ? [] : [{ path: 'pull.sh', content: renderPullScript(plan) }];
    return {
      order: toOrder(request, owner, submission, folder, site),
      script: renderJobScript(plan),
      files: [...files, ...[...jobFiles(plan), ...pullScript].map((file) => ({ ...file, mode: 0o600 as const }))],
      pulls,
      warnings: [...submission.warnings, ...warnings],
    };
  }
}

function toOrder(
  { pod }: PodRequest,
  owner: Owner,
  { options, isRequeued }: Submission,
  folder: PodFolder,
  { folders }: Pick<SlurmSite, 'folders'>,
): PlannedPod['order'] {
  const { uid, namespace, name } = pod.metadata;
  return {
    identity: { owner, uid, namespace, name },
    jobName: name,
    options,
    scriptPath: folder.file('job.sh'),
    outputPath: toOutputPath(folder, folders.isShared),
    workingDirectory: folder.path,
    export: 'NIL',
    requeue: isRequeued ? 'requeue' : 'no-requeue',
    endWarning: undefined,
  };
}

/** Of the script itself. A job whose output can't be opened does not begin; where it may be so, the script finds the same file by itself. */
function toOutputPath(folder: PodFolder, isShared: boolean | undefined): string {
  return isShared === true ? folder.file('slurm.out') : '/dev/null';
}
