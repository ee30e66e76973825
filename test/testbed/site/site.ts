import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { findFreePorts } from '../process/free-ports.ts';
import { SitePart } from './site-part.ts';

export type SidecarKind = 'docker' | 'mock' | 'process';

/** A sidecar that runs elsewhere, and knows the site's token already. */
export interface RemoteSidecar {
  readonly part: SitePart;
  readonly url: string;
  readonly token: string;
}

export interface SiteOptions {
  /** Logs, tokens and state go below it; made when missing. */
  readonly directory: string;
  /** Of the cluster that gets the virtual node. */
  readonly kubeconfig: string;
  readonly nodeName: string;
  /** `VirtualNodes` of the configuration; then `nodeName` is the first of them. */
  readonly virtualNodes?: ReadonlyArray<{ readonly Name: string; readonly [key: string]: unknown }> | undefined;
  readonly sidecar: SidecarKind | RemoteSidecar;
  /** For the Docker sidecar. */
  readonly dockerHost?: string | undefined;
  /** Folder of executables to run in place of the sources. */
  readonly binaries?: string | undefined;
  /** Variables of all three processes, but for a sidecar that runs elsewhere, over those set here. */
  readonly env?: Readonly<Record<string, string>>;
}

/** One installation of the product on loopback: a virtual kubelet, InterLink and a sidecar, each a process of its own. */
export class Site {
  readonly nodeName: string;
  readonly vk: SitePart;
  readonly interlink: SitePart;
  readonly sidecar: SitePart;
  /** Where InterLink and the sidecar listen. */
  readonly interlinkUrl: string;
  readonly sidecarUrl: string;
  /** The account's token, which both demand. */
  readonly tokenFile: string;

  private constructor(options: SiteOptions, ports: { interlink: number; sidecar: number }) {
    const { directory, kubeconfig, nodeName, sidecar, dockerHost, binaries } = options;
    this.nodeName = nodeName;
    this.interlinkUrl = `http://127.0.0.1:${ports.interlink}`;
    this.sidecarUrl = sidecarUrlOf(options, ports.sidecar);
    this.tokenFile = join(directory, 'config', 'interlink', 'token');
    const env = {
      ...inherited(),
      XDG_CONFIG_HOME: join(directory, 'config'),
      XDG_STATE_HOME: join(directory, 'state'),
      INTERLINKPORT: String(ports.interlink),
      SIDECARURL: this.sidecarUrl,
      ...(dockerHost === undefined ? {} : { DOCKER_HOST: dockerHost }),
      POD_IP: '127.0.0.1',
      ...(options.virtualNodes === undefined ? {} : { INTERLINKCONFIGPATH: configurationFile(directory) }),
      ...options.env,
    };
    const part = (name: string, args: string[]) => new SitePart({ name, args, env, directory, binaries });
    const named = options.virtualNodes === undefined ? ['--nodename', nodeName] : [];
    this.vk = part('vk', [...named, '--port', '0', '--kubeconfig', kubeconfig]);
    this.interlink = part('interlink', []);
    this.sidecar = typeof sidecar === 'object' ? sidecar.part : part(`${sidecar}-sidecar`, []);
  }

  /** Starts all three and returns when the node is registered and the backend within reach. */
  static async start(options: SiteOptions): Promise<Site> {
    await mkdir(join(options.directory, 'run'), { recursive: true, mode: 0o700 });
    const { virtualNodes: VirtualNodes } = options;
    if (VirtualNodes !== undefined)
      await writeFile(configurationFile(options.directory), JSON.stringify({ VirtualNodes }));
    const [interlink = 0, sidecar = 0] = await findFreePorts(2);
    const site = new Site(options, { interlink, sidecar });
    if (typeof options.sidecar === 'object') await writeToken(site.tokenFile, options.sidecar.token);
    try {
      await Promise.all([
        site.sidecar.start('listening'),
        site.interlink.start('listening'),
        site.vk.start('backend within reach'),
      ]);
      return site;
    } catch (error) {
      await site.stop();
      throw error;
    }
  }

  get parts(): ReadonlyArray<SitePart> {
    return [this.vk, this.interlink, this.sidecar];
  }

  async stop(): Promise<void> {
    await Promise.all(this.parts.map((part) => part.stop()));
  }
}

function sidecarUrlOf({ sidecar, directory }: SiteOptions, port: number): string {
  if (typeof sidecar === 'object') return sidecar.url;
  return sidecar === 'process' ? `unix://${join(directory, 'run', 'process.sock')}` : `http://127.0.0.1:${port}`;
}

async function writeToken(path: string, token: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await writeFile(path, `${token}\n`, { mode: 0o600 });
}

function configurationFile(directory: string): string {
  return join(directory, 'InterLinkConfig.yaml');
}

/** Nothing of the caller's own configuration reaches a site. */
function inherited(): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const name of ['PATH', 'HOME', 'TMPDIR', 'LANG']) {
    const value = process.env[name];
    if (value !== undefined) kept[name] = value;
  }
  return kept;
}
