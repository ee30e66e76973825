import type { EventRecorder, KubeClient, Pod } from '@interlink/kube';
import type { Logger } from '@interlink/service-kit';
import type { Provider } from '../provider.ts';
import { PodSources } from '../resolve/pod-sources.ts';
import type { NodeFacts, ResolvedPod } from '../resolve/resolve-pod.ts';
import { isTerminal } from '../status/terminal-phase.ts';
import { VolumeUpdates } from '../volumes/volume-updates.ts';
import type { BackendMirror } from './backend-mirror.ts';
import type { Step } from './next-step.ts';
import type { PodEntry } from './pod-entry.ts';
import { PullSecrets } from './pull-secrets.ts';

export interface SourceFollowerOptions {
  readonly client: KubeClient;
  readonly provider: Pick<Provider, 'updateVolumes'>;
  readonly node: NodeFacts;
  readonly events: Pick<EventRecorder, 'record'>;
  readonly logger: Logger;
  readonly mirror: Pick<BackendMirror, 'get' | 'reach'>;
  retry(uid: string, delayMs: number): void;
}

/** Follows what pods at the backend are made from: their files are kept true, and so is what their images are pulled by, while they lack. */
export class SourceFollower {
  /** What pods are resolved from. */
  readonly sources: PodSources;
  readonly #options: SourceFollowerOptions;
  readonly #volumes: VolumeUpdates;
  readonly #pullSecrets: PullSecrets;

  constructor(options: SourceFollowerOptions) {
    const { mirror } = options;
    this.#options = options;
    this.sources = new PodSources(options);
    const { reader, watches, missing } = this.sources;
    this.#volumes = new VolumeUpdates({ ...options, reader, watches, isReachable: () => mirror.reach === 'known' });
    this.#pullSecrets = new PullSecrets(missing);
  }

  async run(signal: AbortSignal): Promise<void> {
    await Promise.all([this.sources.run(signal), this.#volumes.run(signal)]);
  }

  /** The backend has come within reach. */
  onReach(): void {
    this.#volumes.onReach();
  }

  /** The backend has the pod, made from this. */
  created(uid: string, pod: Pod, resolved: ResolvedPod): void {
    this.#volumes.created(uid, pod, resolved);
    this.#pullSecrets.created(uid, pod, resolved.versions);
  }

  /** To be called at each step: a pod is followed from the create on, until it ends or is to end. */
  follow(step: Step, uid: string, entry: PodEntry): void {
    const { pod } = entry;
    if (pod === undefined || pod.metadata?.deletionTimestamp !== undefined || isTerminal(pod.status?.phase)) {
      this.#volumes.release(uid);
      this.#pullSecrets.release(uid);
    } else if (step.kind === 'report' || step.kind === 'update') {
      this.#volumes.keep(uid, pod);
      const report = this.#options.mirror.get(uid);
      if (report === undefined) return;
      this.#pullSecrets.follow(uid, pod, report, () => {
        entry.areCredentialsStale = true;
        this.#options.retry(uid, 0);
      });
    }
  }
}
