import { type Container, type PodRequest, parseImageReference, toPullPolicy } from '@interlink/sidecar-sdk';
import type { PodFileContent } from '../create.ts';
import { renderAuthFiles } from '../image/auth-files.ts';
import type { ImagePlanner } from '../image/image-planner.ts';
import type { PlannedImage } from '../image/planned-image.ts';
import type { Submission } from '../request/submission.ts';
import type { RuntimePlan } from '../script/job-plan.ts';
import { foreignScript } from '../script/runtimes/foreign.ts';
import { planApptainer } from '../script/runtimes/plan-apptainer.ts';
import { planEnroot } from '../script/runtimes/plan-enroot.ts';
import type { SlurmSite } from '../site/slurm-site.ts';
import { readSiteScript } from './site-script.ts';

/** What runs a pod's containers, and the files that it needs. */
export interface PlannedRuntime {
  readonly runtime: RuntimePlan;
  readonly files: ReadonlyArray<PodFileContent>;
}

/** Decides on what the site's container runtime is told of a pod. */
export class RuntimePlanner {
  readonly #site: SlurmSite;
  readonly #images: ImagePlanner;
  readonly #fetch: typeof fetch;

  constructor(site: SlurmSite, images: ImagePlanner, fetcher: typeof fetch = fetch) {
    this.#site = site;
    this.#images = images;
    this.#fetch = fetcher;
  }

  /**
   * @throws InterLinkError `failed_precondition` for images that can't be had; its reason is the kubelet's. For a script of the site's: as
   * `readSiteScript`
   */
  async plan(request: PodRequest, submission: Submission): Promise<PlannedRuntime> {
    const content = await readSiteScript(request, this.#site.script, this.#fetch);
    if (content !== undefined) {
      return { runtime: { driver: 'foreign' }, files: [{ path: foreignScript, content, mode: 0o600 }] };
    }
    if (this.#site.runtime.name === 'none') return { runtime: { driver: 'none' }, files: [] };
    const images = await this.#planImages(request, submission);
    const logins = [...renderAuthFiles([...images.values()])];
    const planRuntime = this.#site.runtime.name === 'enroot' ? planEnroot : planApptainer;
    return {
      runtime: planRuntime(request.pod, images, this.#site, submission.pod),
      files: logins.map(([path, content]) => ({ path, content, mode: 0o600 })),
    };
  }

  async #planImages(request: PodRequest, { pod }: Submission): Promise<Map<string, PlannedImage>> {
    const { initContainers = [], containers } = request.pod.spec;
    const planOne = async (container: Container) => {
      const { name, image = '' } = container;
      const policy = toPullPolicy(container, parseImageReference(image));
      const credentials = request.registryCredentials ?? [];
      return [name, await this.#images.plan({ image, policy, credentials, pod })] as const;
    };
    return new Map(await Promise.all([...initContainers, ...containers].map(planOne)));
  }
}
