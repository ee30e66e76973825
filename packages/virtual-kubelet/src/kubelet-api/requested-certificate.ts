import { createPrivateKey, X509Certificate } from 'node:crypto';
import { isForbidden, isNotFound } from '@interlink/kube';
import { InterLinkError } from '@interlink/protocol';
import { type Logger, sleep, Trouble } from '@interlink/service-kit';
import { type CertificateRequest, createCertificateRequest, isRequestFor } from './certificate-request.ts';
import type { CertificateSigning } from './certificate-signing.ts';
import type { CertificateStore } from './certificate-store.ts';
import { coversNames } from './general-names.ts';
import type { KeyPair } from './self-signed-certificate.ts';
import type { ServingCertificate } from './serving-certificate.ts';

export interface RequestedCertificateOptions {
  nodeName: string;
  /** Under which the API server reaches this node: what the certificate is for. */
  addresses: readonly string[];
  signing: CertificateSigning;
  store: CertificateStore;
  /** Shown until there is a certificate. */
  fallback: Pick<ServingCertificate, 'current'>;
  /** An event about the node. */
  tell(type: 'Normal' | 'Warning', reason: string, message: string): void;
  logger: Logger;
  /** For tests. */
  clock?: CertificateClock | undefined;
}

export interface CertificateClock {
  /** Milliseconds since the epoch: certificates speak of dates. */
  nowMs(): number;
  sleep(ms: number, signal: AbortSignal): Promise<void>;
  /** Uniform in [0, 1). */
  random(): number;
}

const systemClock: CertificateClock = { nowMs: Date.now, sleep, random: Math.random };

const minuteMs = 60_000;
/** What was refused, or may not be asked, is asked again after this long, doubled each time up to the maximum. */
const refusedRetryMs = { base: 15 * minuteMs, max: 240 * minuteMs };
/** When the API can't be reached. */
const failedRetryMs = { base: 2_000, max: 5 * minuteMs };
/** Between two looks at the calendar: timers can't wait for months, and clocks are set. */
const longestSleepMs = 60 * minuteMs;
/** Signers of Kubernetes begin a certificate's time this long before they make it. */
const backdatedMs = 5 * minuteMs;

/**
 * A serving certificate from the cluster's own CA: asked for by a request that somebody approves, renewed with a new key when 70 to
 * 90 % of its time are over, kept over restarts. There is never more than one request that waits.
 */
export class RequestedCertificate implements ServingCertificate {
  readonly #options: RequestedCertificateOptions;
  readonly #clock: CertificateClock;
  readonly #trouble: Trouble;
  #pair: KeyPair | undefined;
  #renewAtMs = 0;
  #failures = 0;
  #refusals = 0;

  private constructor(options: RequestedCertificateOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#trouble = new Trouble(options.logger);
  }

  /** With the certificate of an earlier run, as far as it is still good for this node. */
  static async load(options: RequestedCertificateOptions): Promise<RequestedCertificate> {
    const certificate = new RequestedCertificate(options);
    const kept = await options.store.readPair();
    if (kept !== undefined && certificate.#whyUnusable(kept) === undefined) certificate.#use(kept);
    return certificate;
  }

  async current(): Promise<KeyPair> {
    return this.#pair ?? (await this.#options.fallback.current());
  }

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const dueMs = this.#pair === undefined ? 0 : this.#renewAtMs - this.#clock.nowMs();
      if (dueMs > 0) await this.#clock.sleep(Math.min(dueMs, longestSleepMs), signal);
      else await this.#clock.sleep(await this.#ask(signal), signal);
    }
  }

  /** @returns milliseconds until the next try, 0 when it was issued */
  async #ask(signal: AbortSignal): Promise<number> {
    const { signing, store } = this.#options;
    try {
      const request = await this.#request();
      const name = await signing.submit(request.request, signal);
      this.#failures = 0;
      this.#trouble.end('a serving certificate can be asked for again');
      this.#announce(name);
      const decision = await signing.decision(name, signal);
      await store.writeRequest(undefined);
      if (decision.kind === 'issued')
        return await this.#take({ cert: `${decision.certificate.trimEnd()}\n`, key: request.key }, name);
      return this.#refused(name, decision.kind === 'gone' ? 'the request was deleted' : decision.why);
    } catch (error) {
      if (signal.aborted) return 0;
      return this.#cannotAsk(error);
    }
  }

  /** The one that an earlier run made and that was not decided, else a new one with a new key. */
  async #request(): Promise<CertificateRequest> {
    const { store, nodeName, addresses } = this.#options;
    const waiting = await store.readRequest();
    if (waiting !== undefined && (await isRequestFor(waiting, addresses))) return waiting;
    const request = await createCertificateRequest(nodeName, addresses);
    await store.writeRequest(request);
    return request;
  }

  #announce(request: string): void {
    const { logger, tell } = this.#options;
    const command = `kubectl certificate approve ${request}`;
    const isRenewal = this.#pair !== undefined;
    if (isRenewal) logger.info({ command }, 'the renewal of the serving certificate waits for approval');
    else {
      logger.warn(
        { command },
        'the kubelet port has a self-signed certificate until its request for another one is approved',
      );
    }
    const message = `The serving certificate of the kubelet port waits for approval: ${command}`;
    tell(isRenewal ? 'Normal' : 'Warning', 'ServingCertificatePending', message);
  }

  async #take(pair: KeyPair, request: string): Promise<number> {
    const why = this.#whyUnusable(pair);
    if (why !== undefined) return this.#refused(request, `the certificate that was issued is of no use: ${why}`);
    this.#refusals = 0;
    this.#use(pair);
    await this.#options.store.writePair(pair);
    const { validTo } = new X509Certificate(pair.cert);
    this.#options.logger.info({ request, validTo }, 'serving certificate issued');
    return 0;
  }

  #refused(request: string, why: string): number {
    const waitMs = Math.min(refusedRetryMs.base * 2 ** this.#refusals, refusedRetryMs.max);
    this.#refusals += 1;
    this.#options.logger.warn({ request, why, retryInMs: waitMs }, 'no serving certificate was issued');
    const message = `No serving certificate was issued for ${request} (${why}); another one is asked for in ${waitMs / minuteMs} minutes`;
    this.#options.tell('Warning', 'ServingCertificateRefused', message);
    return waitMs;
  }

  #cannotAsk(error: unknown): number {
    const reason = InterLinkError.from(error).message;
    // 404: an API without certificate requests.
    if (isForbidden(error) || isNotFound(error)) {
      this.#trouble.begin(
        'a serving certificate may not be asked for, so that the kubelet port has a self-signed one: let this account create, list and watch certificatesigningrequests, or set DisableCSR',
        { reason },
      );
      return refusedRetryMs.base;
    }
    this.#trouble.begin('cannot ask for a serving certificate', { reason });
    this.#failures += 1;
    return Math.min(failedRetryMs.base * 2 ** (this.#failures - 1), failedRetryMs.max);
  }

  #use(pair: KeyPair): void {
    const { validFrom, validTo } = new X509Certificate(pair.cert);
    const madeAtMs = Math.min(Date.parse(validFrom) + backdatedMs, this.#clock.nowMs());
    const share = 0.7 + 0.2 * this.#clock.random();
    this.#renewAtMs = madeAtMs + share * (Date.parse(validTo) - madeAtMs);
    this.#pair = pair;
  }

  /** Undefined when there is nothing wrong with it. */
  #whyUnusable({ cert, key }: KeyPair): string | undefined {
    try {
      const certificate = new X509Certificate(cert);
      if (!certificate.checkPrivateKey(createPrivateKey(key))) return 'it is for another key';
      if (!coversNames(certificate, this.#options.addresses)) return 'it is for other addresses';
      return Date.parse(certificate.validTo) <= this.#clock.nowMs() ? 'its time is over' : undefined;
    } catch (error) {
      return InterLinkError.from(error).message;
    }
  }
}
