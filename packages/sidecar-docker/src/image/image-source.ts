import { InterLinkError } from '@interlink/sidecar-sdk';
import type Docker from 'dockerode';
import type { Engine } from '../engine/engine.ts';
import { isNotFound } from '../engine/engine-error.ts';
import type { TellEvent } from '../pods/pod-events.ts';
import * as events from '../pods/pod-events.ts';
import type { ImageWish } from './pull-policy.ts';
import { SharedPulls } from './shared-pulls.ts';

/** An image that the engine has. */
export interface PresentImage {
  /** `docker-pullable://name@sha256:…`, or `docker://sha256:…` for one that came from no registry. */
  readonly imageId: string;
  /** Its `USER`. */
  readonly user: string;
}

/** Kubernetes' reasons for a container that waits for its image. */
export type ImageReason = 'InvalidImageName' | 'ErrImageNeverPull' | 'ErrImagePull';

/** Gets images into the engine by pull policy. */
export class ImageSource {
  readonly #engine: Engine;
  readonly #pulls: SharedPulls;

  constructor(engine: Engine) {
    this.#engine = engine;
    this.#pulls = new SharedPulls(engine);
  }

  /**
   * The image, pulled if its policy says so; `tell` hears what a kubelet would tell.
   * @throws InterLinkError whose `reason` is an {@link ImageReason} for what is wrong with the image
   */
  async get(wish: ImageWish, tell: TellEvent, signal: AbortSignal): Promise<PresentImage> {
    const { image, reference, policy } = wish;
    if (reference === undefined) {
      const message = `Failed to apply default image tag ${JSON.stringify(image)}: couldn't parse image name ${JSON.stringify(image)}: invalid reference format`;
      tell(events.inspectFailed(message));
      throw imageError('InvalidImageName', message);
    }
    const present = policy === 'Always' ? undefined : await this.#find(image);
    if (present !== undefined) {
      tell(events.alreadyPresent(image));
      return toPresentImage(present);
    }
    if (policy === 'Never') {
      tell(events.neverPull(image));
      throw imageError('ErrImageNeverPull', events.neverPull(image).message);
    }
    tell(events.pulling(image));
    const startedAt = performance.now();
    try {
      await this.#pulls.pull(reference, signal);
      const pulled = await this.#engine.inspectImage(image);
      tell(events.pulled(image, performance.now() - startedAt, pulled.Size));
      return toPresentImage(pulled);
    } catch (error) {
      signal.throwIfAborted();
      const { message } = InterLinkError.from(error);
      tell(events.pullFailed(image, message));
      throw imageError('ErrImagePull', message, error);
    }
  }

  async #find(image: string): Promise<Docker.ImageInspectInfo | undefined> {
    try {
      return await this.#engine.inspectImage(image);
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }
}

function toPresentImage({ Id: id, RepoDigests: digests, Config: config }: Docker.ImageInspectInfo): PresentImage {
  const [digest] = digests ?? [];
  return { imageId: digest === undefined ? `docker://${id}` : `docker-pullable://${digest}`, user: config?.User ?? '' };
}

function imageError(reason: ImageReason, message: string, cause?: unknown): InterLinkError {
  return new InterLinkError('failed_precondition', message, { reason, cause });
}
