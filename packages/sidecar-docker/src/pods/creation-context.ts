import type { PodRequest } from '@interlink/sidecar-sdk';
import type { Engine } from '../engine/engine.ts';
import type { PodLabels } from '../identity/labels.ts';
import type { ImageSource } from '../image/image-source.ts';
import type { SitePolicy } from '../site/site-policy.ts';
import type { PodReader } from '../status/pod-reader.ts';
import type { PodObserver } from './pod-observer.ts';
import type { PodWork } from './pod-work.ts';

/** All that the creation of one pod's containers works with. */
export interface CreationContext {
  readonly engine: Engine;
  readonly images: ImageSource;
  readonly reader: PodReader;
  readonly observer: PodObserver;
  readonly work: PodWork;
  readonly request: PodRequest;
  readonly labels: PodLabels;
  /** DataRootFolder. */
  readonly root: string;
  readonly sandboxId: string;
  readonly policy: SitePolicy;
}
