import { type HttpTarget, InterLinkError, type Owner, PodClient, type StreamRecord } from '@interlink/protocol';

/**
 * The pods of one node at InterLink. When InterLink, or a proxy before it, turns the caller down, the stream's error says with which
 * token: whoever reads the node's conditions has no other way to know. Events of pods don't say it: paths are not for their authors.
 */
export class InterLinkPods extends PodClient {
  readonly #url: string;
  readonly #tokenSource: string;

  /** @param tokenSource as messages have it: `the file /etc/vk/token` */
  constructor(target: HttpTarget, owner: Owner, tokenSource: string) {
    super(target, owner);
    this.#url = target.url;
    this.#tokenSource = tokenSource;
  }

  override async *watchPods(options: {
    cursor?: string | undefined;
    signal: AbortSignal;
  }): AsyncGenerator<StreamRecord> {
    try {
      yield* super.watchPods(options);
    } catch (error) {
      const { code, message } = InterLinkError.from(error);
      if (code !== 'unauthenticated' && code !== 'permission_denied') throw error;
      const text = `${this.#url} does not take the token of ${this.#tokenSource}: ${message}`;
      throw new InterLinkError(code, text, { cause: error });
    }
  }
}
