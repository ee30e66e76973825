import { InterLinkError, type Owner, type Pod } from '@interlink/protocol';
import { type Logger, type PodReference, podFields } from '@interlink/sidecar-sdk';
import type { V1Client } from './v1-client.ts';
import { isHungUp, isSilence } from './v1-failures.ts';
import { hadJob, type V1Pod, type V1Pods } from './v1-pods.ts';

export interface V1DeletesOptions {
  readonly client: Pick<V1Client, 'delete' | 'ping'>;
  readonly pods: V1Pods;
  readonly logger: Logger;
  readonly onGone: (uid: string) => void;
}

/** Deletions at a v1 plugin, which may have what it does not show, and may fail for what it does not know. */
export class V1Deletes {
  readonly #options: V1DeletesOptions;

  constructor(options: V1DeletesOptions) {
    this.#options = options;
  }

  /** Of a pod that the plugin has shown. */
  async delete(uid: string): Promise<void> {
    const entry = this.#options.pods.find(uid);
    if (entry === undefined) return;
    await this.#send(entry);
    this.#forget(entry);
  }

  /**
   * A plugin may have in its queue what it does not show, and what turns up later goes. Some plugins fail for a pod that they don't know:
   * only while a create is in doubt is that an error, to be tried again, and for a pod that had a job. That nobody has answered always is.
   */
  async deleteUnreported({ owner, uid }: Pick<PodReference, 'owner' | 'uid'>): Promise<void> {
    const { pods, logger } = this.#options;
    const entry = pods.findOf({ owner, uid });
    if (entry === undefined) return;
    const fields = fieldsOf(entry);
    logger.info(fields, 'a deleted pod may be at the plugin, which does not show it: it is deleted there');
    try {
      await this.deleteUnseen(entry.pod, owner);
    } catch (error) {
      if (isSilence(error) || entry.doubt !== undefined || entry.report !== undefined) throw error;
      if (hadJob(entry.pod) && InterLinkError.from(error).code !== 'not_found') throw error;
      logger.warn(
        { err: error, ...fields },
        'the plugin fails for a deleted pod that it does not show: it counts as deleted',
      );
    }
  }

  /** Of a pod that the plugin has not shown: it may have it all the same, or get it yet. @throws InterLinkError `not_found` for another owner's */
  async deleteUnseen(pod: Pod, owner: Owner): Promise<void> {
    const entry = this.#options.pods.know(pod, owner);
    entry.isUnwanted = true;
    await this.#send(entry);
  }

  /** Of a pod that has turned up when nobody wanted it any more. Not while it is being deleted. */
  async end(entry: V1Pod): Promise<void> {
    if (entry.deletions > 0) return;
    try {
      await this.#send(entry);
      this.#forget(entry);
    } catch (error) {
      this.#options.logger.warn({ err: error, ...fieldsOf(entry) }, 'cannot delete a pod that has turned up late');
    }
  }

  async #send(entry: V1Pod): Promise<void> {
    const { client } = this.#options;
    entry.deletions += 1;
    try {
      await client.delete(entry.pod);
    } catch (error) {
      if (!isHungUp(error) || isShown(entry)) throw error;
      await this.#sendAgain(entry);
    } finally {
      entry.deletions -= 1;
    }
  }

  /**
   * A plugin that is well, and hangs up whenever it is told to delete a pod that it does not show, crashes over one that it does not know:
   * that of Slurm does. @throws what else comes of it
   */
  async #sendAgain(entry: V1Pod): Promise<void> {
    const { client, logger } = this.#options;
    await client.ping();
    try {
      await client.delete(entry.pod);
    } catch (error) {
      if (!isHungUp(error)) throw error;
      await client.ping();
      logger.warn(
        { err: error, ...fieldsOf(entry) },
        'the plugin hangs up on the deletion of a pod that it does not show: it counts as deleted',
      );
    }
  }

  #forget({ pod }: V1Pod): void {
    this.#options.pods.forget(pod.metadata.uid);
    this.#options.onGone(pod.metadata.uid);
  }
}

/** Or may be, as long as a create is in doubt. */
function isShown({ report, isNamedOnly, doubt }: V1Pod): boolean {
  return doubt !== undefined || (report !== undefined && !isNamedOnly);
}

function fieldsOf({ pod, owner }: V1Pod) {
  return podFields({ owner, ...pod.metadata });
}
