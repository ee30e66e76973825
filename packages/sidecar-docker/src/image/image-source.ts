import {
  findLogins,
  type ImageReason,
  type ImageReference,
  InterLinkError,
  type Login,
  renderReference,
  toRepository,
} from '@interlink/sidecar-sdk';
import type Docker from 'dockerode';
import type { Engine } from '../engine/engine.ts';
import { isNotFound } from '../engine/engine-error.ts';
import type { TellEvent } from '../pods/pod-events.ts';
import * as events from '../pods/pod-events.ts';
import { PodCredentials } from './pod-credentials.ts';
import { type PresentImage, toPresentImage } from './present-image.ts';
import { type PullFailure, toPullFailure } from './pull-failure.ts';
import { toPull } from './pull-image.ts';
import type { ImageWish } from './pull-policy.ts';
import type { PullRecords } from './pull-records.ts';
import { SharedPulls } from './shared-pulls.ts';

/** Gets images into the engine by pull policy, and hands them to those pods only that may have them. */
export class ImageSource {
  /** To be told of each pod before its images are asked for. */
  readonly credentials = new PodCredentials();
  readonly #engine: Engine;
  readonly #records: PullRecords;
  readonly #pulls = new SharedPulls<Docker.ImageInspectInfo>();

  constructor(engine: Engine, records: PullRecords) {
    this.#engine = engine;
    this.#records = records;
  }

  /**
   * The image, pulled if its policy says so or if only the registry knows whether the pod may have it; `tell` hears what a kubelet
   * would tell.
   * @throws InterLinkError whose `reason` is an {@link ImageReason} for what is wrong with the image
   */
  async get(wish: ImageWish, tell: TellEvent, signal: AbortSignal): Promise<PresentImage> {
    const { image, reference, policy, podUid } = wish;
    if (reference === undefined) {
      const message = `Failed to apply default image tag ${JSON.stringify(image)}: couldn't parse image name ${JSON.stringify(image)}: invalid reference format`;
      tell(events.inspectFailed(message));
      throw imageError('InvalidImageName', message);
    }
    const logins = findLogins(this.credentials.of(podUid), toRepository(reference.name));
    const present = policy === 'Always' ? undefined : await this.#findOpen({ ...wish, reference }, logins, tell);
    if (present !== undefined) {
      tell(events.alreadyPresent(image));
      return toPresentImage(present, reference);
    }
    // In the same words whether it is there or not: that is nothing for those who may not have it.
    if (policy === 'Never') {
      tell(events.neverPull(image));
      throw imageError('ErrImageNeverPull', events.neverPull(image).message);
    }
    tell(events.pulling(image));
    const startedAt = performance.now();
    const pulled = await this.#pullByAny(logins, { ...wish, reference }, tell, signal);
    tell(events.pulled(image, performance.now() - startedAt, pulled.Size));
    return toPresentImage(pulled, reference);
  }

  /** Tries one login after another, or as anybody when there is none. */
  async #pullByAny(
    logins: ReadonlyArray<Login>,
    { image, reference, podUid }: ImageWish & { reference: ImageReference },
    tell: TellEvent,
    signal: AbortSignal,
  ): Promise<Docker.ImageInspectInfo> {
    const { registry } = toRepository(reference.name);
    const hasCredentials = this.credentials.of(podUid).length > 0;
    const circumstances = { image, registry, hasLogin: logins.length > 0, hasCredentials };
    let failure: PullFailure | undefined;
    for (const login of logins.length === 0 ? [undefined] : logins) {
      try {
        const run = toPull({ engine: this.#engine, records: this.#records, reference, login });
        return await this.#pulls.pull(keyOf(reference, login), run, { image, tell, signal });
      } catch (error) {
        signal.throwIfAborted();
        const next = toPullFailure(InterLinkError.from(error).message, circumstances);
        // What one login is told beyond "no" says more than the "no" of the others.
        if (failure === undefined || failure.kind === 'unauthorised') failure = next;
        if (next.kind === 'unreachable') break;
      }
    }
    const { reason, message } = failure ?? toPullFailure('nothing was tried', circumstances);
    tell(events.pullFailed(image, message));
    throw imageError(reason, message);
  }

  /** The image, if the engine has it and the pod may have it. */
  async #findOpen(
    { image, reference }: ImageWish & { reference: ImageReference },
    logins: ReadonlyArray<Login>,
    tell: TellEvent,
  ): Promise<Docker.ImageInspectInfo | undefined> {
    try {
      const found = await this.#engine.inspectImage(renderReference(reference));
      if (!(await this.#records.isOpenTo(found.Id, reference, logins))) return undefined;
      await this.#records.noteUsed(found.Id);
      return found;
    } catch (error) {
      if (isNotFound(error)) return undefined;
      const message = `Failed to inspect image ${JSON.stringify(image)}: ${InterLinkError.from(error).message}`;
      tell(events.inspectFailed(message));
      throw imageError('ImageInspectError', message);
    }
  }
}

/** Only those who show the same login share a pull. Kept in memory for as long as the pull. */
function keyOf(reference: ImageReference, login: Login | undefined): string {
  return JSON.stringify([renderReference(reference), login?.username, login?.password, login?.identityToken]);
}

function imageError(reason: ImageReason, message: string): InterLinkError {
  return new InterLinkError('failed_precondition', message, { reason });
}
