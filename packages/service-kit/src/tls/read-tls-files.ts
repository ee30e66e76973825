import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import { InterLinkError } from '@interlink/protocol';

/** The files of one end of TLS. */
export interface TlsFileNames {
  /** The group of the configuration that names them, for messages: `TLS`, `Sidecars[0]`. */
  readonly place: string;
  /** What this end shows of itself: the certificate first, its chain after it. With `keyFile`, or neither. */
  readonly certFile?: string | undefined;
  readonly keyFile?: string | undefined;
  /** Whose certificates are believed. */
  readonly caCertFile?: string | undefined;
  /** The key that names it, for messages. Default: `CACertFile` of the place. */
  readonly caCertKey?: string | undefined;
}

/** What was in the files: PEM texts that fit each other. */
export interface TlsMaterial {
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
  readonly ca?: string | undefined;
  /** When the certificate begins and ends to be good, milliseconds since 1970. */
  readonly validFromMs?: number | undefined;
  readonly validToMs?: number | undefined;
}

/** @throws InterLinkError `invalid_argument` that names the file that can't be used, and why */
export async function readTlsFiles(names: TlsFileNames): Promise<TlsMaterial> {
  const { place, certFile, keyFile, caCertFile, caCertKey = `${place}.CACertFile` } = names;
  const ca = caCertFile === undefined ? undefined : await use(`${caCertKey} ${caCertFile}`, caCertFile, readCa);
  if (certFile === undefined && keyFile === undefined) return { ca };
  if (certFile === undefined) throw invalid(`${place}.KeyFile is set without ${place}.CertFile: both are wanted`);
  if (keyFile === undefined) throw invalid(`${place}.CertFile is set without ${place}.KeyFile: both are wanted`);
  const { text: cert, leaf } = await use(`${place}.CertFile ${certFile}`, certFile, (text) => {
    return { text, leaf: parseCertificates(text)[0] as X509Certificate };
  });
  const key = await use(`${place}.KeyFile ${keyFile}`, keyFile, (text) => {
    assertKeyOf(leaf, createPrivateKey(text), certFile);
    createSecureContext({ cert, key: text });
    return text;
  });
  return { cert, key, ca, validFromMs: Date.parse(leaf.validFrom), validToMs: Date.parse(leaf.validTo) };
}

async function use<T>(what: string, path: string, parse: (text: string) => T): Promise<T> {
  try {
    return parse(await readFile(path, 'utf8'));
  } catch (error) {
    throw invalid(`Cannot use ${what}: ${InterLinkError.from(error).message}`);
  }
}

function readCa(text: string): string {
  parseCertificates(text);
  createSecureContext({ ca: text });
  return text;
}

/** @throws Error when there is none, or one is cut off or broken */
function parseCertificates(text: string): X509Certificate[] {
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  const begun = text.match(/-----BEGIN CERTIFICATE-----/g) ?? [];
  if (begun.length === 0) throw new Error('it holds no certificate (PEM)');
  if (blocks.length !== begun.length) throw new Error('a certificate in it is cut off');
  return blocks.map((block) => new X509Certificate(block));
}

function assertKeyOf(certificate: X509Certificate, key: KeyObject, certFile: string): void {
  if (!certificate.checkPrivateKey(key)) throw new Error(`it is not the key of the certificate in ${certFile}`);
}

function invalid(message: string): InterLinkError {
  return new InterLinkError('invalid_argument', message);
}
