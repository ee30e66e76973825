import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CertificateAuthority, type CertificateSubject } from './certificate-authority.ts';

/** A CA, and certificates of it as files: what an administrator has for TLS. */
export class TlsFolder {
  readonly path: string;
  readonly authority: CertificateAuthority;
  readonly caFile: string;

  private constructor(path: string, authority: CertificateAuthority) {
    this.path = path;
    this.authority = authority;
    this.caFile = join(path, 'ca.crt');
  }

  static async create(): Promise<TlsFolder> {
    const folder = new TlsFolder(await mkdtemp(join(tmpdir(), 'interlink-tls-')), await CertificateAuthority.create());
    await writeFile(folder.caFile, folder.authority.certificate);
    return folder;
  }

  /** Issues `NAME.crt` and `NAME.key`, in place of what has that name. Default: for a server on loopback. */
  async issue(
    name: string,
    subject: Partial<CertificateSubject> = { usage: 'serverAuth', names: ['127.0.0.1'] },
    authority: CertificateAuthority = this.authority,
  ): Promise<{ certFile: string; keyFile: string }> {
    const files = { certFile: join(this.path, `${name}.crt`), keyFile: join(this.path, `${name}.key`) };
    const { cert, key } = await authority.issue({ user: name, ...subject });
    await replace(files.certFile, cert);
    await replace(files.keyFile, key);
    return files;
  }

  /** The group `TLS` of a configuration that names these files. */
  async configure(name: string, subject?: Partial<CertificateSubject>): Promise<Record<string, unknown>> {
    const { certFile, keyFile } = await this.issue(name, subject);
    return { Enabled: true, CertFile: certFile, KeyFile: keyFile, CACertFile: this.caFile };
  }

  async remove(): Promise<void> {
    await rm(this.path, { recursive: true });
  }
}

async function replace(path: string, text: string): Promise<void> {
  await writeFile(`${path}.new`, text, { mode: 0o600 });
  await rename(`${path}.new`, path);
}
