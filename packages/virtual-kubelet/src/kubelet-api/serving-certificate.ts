import { readFile } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import { InterLinkError } from '@interlink/protocol';
import { aborted, type Logger, Trouble } from '@interlink/service-kit';
import { RequestedCertificate, type RequestedCertificateOptions } from './requested-certificate.ts';
import { createSelfSignedCertificate, type KeyPair } from './self-signed-certificate.ts';

/** What the kubelet port shows to its clients. */
export interface ServingCertificate {
  /** The newest that is usable; the same object as long as it is the same certificate. Never throws. */
  current(): Promise<KeyPair>;
  /** Does what is needed to have one and to renew it in time, until aborted. */
  run(signal: AbortSignal): Promise<void>;
}

export interface ServingCertificateOptions {
  /** PEM, certificate first, its chain after it. */
  certFile?: string | undefined;
  keyFile?: string | undefined;
  nodeName: string;
  /** Under which the API server reaches this node. */
  addresses: readonly string[];
  /** How to ask the cluster for one; without it nobody is asked. */
  request?: Pick<RequestedCertificateOptions, 'signing' | 'store' | 'tell'> | undefined;
  logger: Logger;
}

/** A self-signed certificate is replaced this long after it was made; it is good for a year. */
const renewAfterMs = 300 * 24 * 3_600_000;

/**
 * The certificate in the files; else one that the cluster is asked for, self-signed until it is there; else a self-signed one in
 * memory.
 * @throws InterLinkError `invalid_argument` when only one file is named, or when the files can't be used at the start
 */
export async function loadServingCertificate(options: ServingCertificateOptions): Promise<ServingCertificate> {
  const { certFile, keyFile, logger } = options;
  if (certFile !== undefined && keyFile !== undefined) return fileCertificate({ certFile, keyFile }, logger);
  if (certFile !== undefined || keyFile !== undefined) {
    const names = ['APISERVER_CERT_LOCATION (KubeletCertFile)', 'APISERVER_KEY_LOCATION (KubeletKeyFile)'];
    const [set, missing] = certFile === undefined ? names.reverse() : names;
    throw new InterLinkError(
      'invalid_argument',
      `Cannot use ${set} ${certFile ?? keyFile}: ${missing} is not set, both are wanted or none`,
    );
  }
  const fallback = await selfSignedCertificate(options);
  if (options.request !== undefined)
    return await RequestedCertificate.load({ ...options, ...options.request, fallback });
  logger.warn(
    { names: options.addresses },
    'the kubelet port has a self-signed certificate: for one that clients can verify, set APISERVER_CERT_LOCATION and APISERVER_KEY_LOCATION to a certificate for these names from the CA of --kubelet-certificate-authority, or leave DisableCSR out',
  );
  return fallback;
}

/** For what needs nothing to be done. */
const run = async (signal: AbortSignal) => await aborted(signal);

async function fileCertificate(
  files: { certFile: string; keyFile: string },
  logger: Logger,
): Promise<ServingCertificate> {
  const trouble = new Trouble(logger);
  let pair = await readKeyPair(files);
  return {
    async current() {
      try {
        const read = await readKeyPair(files);
        if (read.cert !== pair.cert || read.key !== pair.key) {
          pair = read;
          logger.info({ file: files.certFile }, 'serving certificate reloaded');
        }
        trouble.end('serving certificate can be read again');
      } catch (error) {
        // Also when only one of the two files has been replaced yet.
        const reason = InterLinkError.from(error).message;
        trouble.begin('cannot reload the serving certificate: the one before stays in use', { reason });
      }
      return pair;
    },
    run,
  };
}

async function readKeyPair({ certFile, keyFile }: { certFile: string; keyFile: string }): Promise<KeyPair> {
  try {
    const [cert, key] = await Promise.all([readFile(certFile, 'utf8'), readFile(keyFile, 'utf8')]);
    createSecureContext({ cert, key });
    return { cert, key };
  } catch (error) {
    throw new InterLinkError(
      'invalid_argument',
      `Cannot use the serving certificate ${certFile} with the key ${keyFile}: ${InterLinkError.from(error).message}`,
    );
  }
}

async function selfSignedCertificate(options: ServingCertificateOptions): Promise<ServingCertificate> {
  const names = [options.nodeName, ...options.addresses];
  let madeAtMs = Date.now();
  let pair = await createSelfSignedCertificate(names, madeAtMs);
  return {
    async current() {
      const nowMs = Date.now();
      if (nowMs - madeAtMs > renewAfterMs) {
        madeAtMs = nowMs;
        pair = await createSelfSignedCertificate(names, nowMs);
      }
      return pair;
    },
    run,
  };
}
