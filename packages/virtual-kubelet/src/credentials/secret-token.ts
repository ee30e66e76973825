import { basename } from 'node:path';
import { InterLinkError } from '@interlink/protocol';
import { noToken, TokenFile } from '@interlink/service-kit';
import type { InterLinkToken } from './interlink-token.ts';

/** A Secret that may be made later. */
export interface TokenSecret {
  readonly name: string;
  /** Of the pod that mounts it; undefined: whichever kubectl has. */
  readonly namespace: string | undefined;
}

/**
 * A token in a file that is mounted from a Secret. A pod may start before its optional Secret is there, and the kubelet brings the file once it is:
 * until then the error says how the Secret is made.
 * @see https://kubernetes.io/docs/concepts/configuration/secret/#restriction-secret-must-exist
 */
export class SecretToken implements InterLinkToken {
  readonly #file: TokenFile;
  readonly #secret: TokenSecret;

  constructor(path: string, secret: TokenSecret) {
    this.#file = new TokenFile(path);
    this.#secret = secret;
  }

  get source(): string {
    return `the file ${this.#file.path}`;
  }

  async current(): Promise<string> {
    try {
      return await this.#file.current();
    } catch (error) {
      const { code, reason } = InterLinkError.from(error);
      if (reason !== noToken) throw error;
      const message = `There is no token for InterLink yet. Make it from the file that has InterLink's: ${this.#command()}`;
      throw new InterLinkError(code, message, { reason, cause: error });
    }
  }

  #command(): string {
    const { name, namespace } = this.#secret;
    const where = namespace === undefined ? '' : ` -n ${namespace}`;
    return `kubectl create secret generic ${name}${where} --from-file=${basename(this.#file.path)}=FILE`;
  }
}
