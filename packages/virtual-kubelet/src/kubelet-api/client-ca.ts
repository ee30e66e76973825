import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { configMaps, isNotFound, type KubeClient } from '@interlink/kube';
import { InterLinkError } from '@interlink/protocol';
import { type Logger, Trouble } from '@interlink/service-kit';

/** The CA that client certificates must come from. */
export interface ClientCa {
  /** PEM, one or more certificates; undefined when none is known, which means that nobody may be let in. Never throws. */
  current(): Promise<string | undefined>;
}

export interface ClientCaOptions {
  /** APISERVER_CA_CERT_LOCATION; without it the published CA is used. */
  file?: string | undefined;
  /** See {@link publishedClientCa}. */
  readPublished: () => Promise<string | undefined>;
  logger: Logger;
  /** Default: the process' monotonic clock. */
  nowMs?: (() => number) | undefined;
}

const namespace = 'kube-system';
const name = 'extension-apiserver-authentication';
const key = 'client-ca-file';

/** The published CA is read again after this long, or sooner while there is none. */
const publishedTtlMs = 60_000;
const noneTtlMs = 10_000;

/**
 * The CA of the file, which is read again whenever it is asked for, else the one that the API server publishes.
 * @throws InterLinkError `invalid_argument` when the file can't be used at the start
 */
export async function loadClientCa(options: ClientCaOptions): Promise<ClientCa> {
  return options.file === undefined ? publishedCa(options) : fileCa(options.file, options.logger);
}

/** The CA that every API server with `--client-ca-file` publishes for such as us; undefined when it publishes none. */
export async function publishedClientCa(client: KubeClient): Promise<string | undefined> {
  try {
    const { data } = await client.get(configMaps, { namespace, name });
    return data?.[key];
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

async function fileCa(file: string, logger: Logger): Promise<ClientCa> {
  const trouble = new Trouble(logger);
  let ca = await readCa(file);
  return {
    async current() {
      try {
        const read = await readCa(file);
        if (read !== ca) logger.info({ file }, 'client CA reloaded');
        ca = read;
        trouble.end('client CA can be read again');
      } catch (error) {
        const reason = InterLinkError.from(error).message;
        trouble.begin('cannot reload the client CA: the one before stays in use', { reason });
      }
      return ca;
    },
  };
}

async function readCa(file: string): Promise<string> {
  try {
    return assertCertificates(await readFile(file, 'utf8'));
  } catch (error) {
    throw new InterLinkError(
      'invalid_argument',
      `Cannot use the client CA ${file} (APISERVER_CA_CERT_LOCATION): ${InterLinkError.from(error).message}`,
    );
  }
}

function publishedCa({ readPublished, logger, nowMs = () => performance.now() }: ClientCaOptions): ClientCa {
  const trouble = new Trouble(logger);
  let ca: string | undefined;
  let readAgainAtMs = Number.NEGATIVE_INFINITY;
  return {
    async current() {
      if (nowMs() < readAgainAtMs) return ca;
      let reason = `ConfigMap ${namespace}/${name} has no ${key}`;
      try {
        const read = await readPublished();
        ca = read === undefined || read === '' ? undefined : assertCertificates(read);
      } catch (error) {
        // What was published before stays true while the API can't be asked.
        reason = InterLinkError.from(error).message;
      }
      readAgainAtMs = nowMs() + (ca === undefined ? noneTtlMs : publishedTtlMs);
      if (ca !== undefined) trouble.end('client CA found: requests to the kubelet port are answered');
      else {
        trouble.begin(
          'there is no client CA, so every request to the kubelet port (kubectl logs) is refused: set APISERVER_CA_CERT_LOCATION to the CA of the API server’s kubelet client certificate, or let this account read the ConfigMap (RoleBinding to extension-apiserver-authentication-reader in kube-system)',
          { reason },
        );
      }
      return ca;
    },
  };
}

/** @throws Error when it is no PEM certificate */
function assertCertificates(pem: string): string {
  for (const block of pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? ['']) {
    new X509Certificate(block);
  }
  return pem;
}
