import { InterLinkError, type Owner, type PodClient, type StreamRecord } from '@interlink/protocol';
import { noToken } from '@interlink/service-kit';
import type { Provider } from '../provider.ts';
import type { InterLinkLink, OwnersPeer } from './interlink-link.ts';

type Arguments<K extends keyof PodClient> = PodClient[K] extends (...args: infer A) => unknown ? A : never;

/** One node's pods at InterLink, whatever generation it speaks. What v1 can't do is refused as `unimplemented`, with that reason. */
export class InterLinkProvider implements Provider {
  readonly #link: InterLinkLink;
  readonly #owner: Owner;
  readonly #shown: string;

  /** @param shown what InterLink knows this process by, as messages have it: `the token of the file /etc/vk/token` */
  constructor(link: InterLinkLink, owner: Owner, shown: string) {
    this.#link = link;
    this.#owner = owner;
    this.#shown = shown;
  }

  async capabilities(...args: Arguments<'capabilities'>) {
    return await (await this.#pods()).capabilities(...args);
  }

  async createPod(...args: Arguments<'createPod'>) {
    await (await this.#pods()).createPod(...args);
  }

  async adoptPod(...args: Arguments<'adoptPod'>) {
    return await (await this.#pods()).adoptPod(...args);
  }

  async deletePod(...args: Arguments<'deletePod'>) {
    await (await this.#pods()).deletePod(...args);
  }

  /**
   * When InterLink, or a proxy before it, turns the caller down, the stream's error says what it was shown: whoever reads the node's
   * conditions has no other way to know. Events of pods don't say it: paths are not for their authors.
   */
  async *watchPods(...args: Arguments<'watchPods'>): AsyncGenerator<StreamRecord> {
    try {
      yield* (await this.#pods()).watchPods(...args);
    } catch (error) {
      const { code, message, reason } = InterLinkError.from(error);
      // Without a token nothing was shown that could be refused.
      if (reason === noToken || (code !== 'unauthenticated' && code !== 'permission_denied')) throw error;
      const text = `${this.#link.url} does not take ${this.#shown}: ${message}`;
      throw new InterLinkError(code, text, { cause: error });
    }
  }

  async logs(...args: Arguments<'logs'>) {
    return await (await this.#pods()).logs(...args);
  }

  async updatePod(...args: Arguments<'updatePod'>) {
    await (await this.#v2('change a running pod')).updatePod(...args);
  }

  async updateVolumes(...args: Arguments<'updateVolumes'>) {
    await (await this.#v2('update the volumes of a running pod')).updateVolumes(...args);
  }

  async exec(...args: Arguments<'exec'>) {
    return await (await this.#v2('run commands in containers')).exec(...args);
  }

  async attach(...args: Arguments<'attach'>) {
    return await (await this.#v2('attach to containers')).attach(...args);
  }

  async portForward(...args: Arguments<'portForward'>) {
    return await (await this.#v2('forward ports')).portForward(...args);
  }

  async stats(...args: Arguments<'stats'>) {
    return await (await this.#v2('measure')).stats(...args);
  }

  async putKubeconfig(...args: Arguments<'putKubeconfig'>) {
    await (await this.#v2('take a kubeconfig')).putKubeconfig(...args);
  }

  async deleteKubeconfig(...args: Arguments<'deleteKubeconfig'>) {
    await (await this.#v2('give a kubeconfig back')).deleteKubeconfig(...args);
  }

  async #pods(): Promise<OwnersPeer['pods']> {
    return (await this.#link.peerOf(this.#owner)).pods;
  }

  async #v2(what: string): Promise<PodClient> {
    const peer = await this.#link.peerOf(this.#owner);
    if (peer.protocol === 'v2') return peer.pods;
    throw new InterLinkError('unimplemented', `InterLink at ${this.#link.url} speaks protocol v1, which can't ${what}`);
  }
}
