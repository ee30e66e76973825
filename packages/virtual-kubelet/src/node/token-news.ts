import type { EventRecorder } from '@interlink/kube';
import type { RenewedToken } from '../credentials/renewed-token.ts';
import { nodeReference } from './node-reference.ts';

export interface TokenNewsOptions {
  readonly events: Pick<EventRecorder, 'record'>;
  /** The node's. */
  readonly name: string;
  readonly tokenRenewal?: Pick<RenewedToken, 'trouble' | 'validForMs'> | undefined;
}

/** The renewal of the token for InterLink as the node's users see it: an event when it fails for the first time, and when it works again. */
export class TokenNews {
  readonly #options: TokenNewsOptions;
  #hasTold = false;

  constructor(options: TokenNewsOptions) {
    this.#options = options;
  }

  /** Why the token is not renewed, while the one at hand is valid. */
  get warning(): string | undefined {
    const { tokenRenewal } = this.#options;
    return tokenRenewal !== undefined && tokenRenewal.validForMs > 0 ? tokenRenewal.trouble : undefined;
  }

  /** Why there is no token to call the backend with. */
  get failure(): string | undefined {
    const { tokenRenewal } = this.#options;
    return tokenRenewal?.validForMs === 0 ? tokenRenewal.trouble : undefined;
  }

  /** Something has changed. */
  take(): void {
    const { events, name, tokenRenewal } = this.#options;
    const trouble = tokenRenewal?.trouble;
    if (this.#hasTold === (trouble !== undefined)) return;
    this.#hasTold = trouble !== undefined;
    if (trouble !== undefined) events.record(nodeReference(name), 'Warning', 'TokenNotRenewed', trouble);
    else events.record(nodeReference(name), 'Normal', 'TokenRenewed', 'There is a new token for InterLink');
  }
}
