import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findFreePorts } from '../../testbed/process/free-ports.ts';
import { SitePart } from '../../testbed/site/site-part.ts';

export interface OurProcesses extends AsyncDisposable {
  /** InterLink before a sidecar at this port, which takes the token. @returns its own port */
  startInterLink(sidecarPort: number): Promise<number>;
  startVirtualKubelet(options: { nodeName: string; kubeconfig: string; interLinkPort: number }): Promise<SitePart>;
}

/** InterLink and virtual kubelet as processes of an account that has this token. */
export async function ourProcesses(token: string): Promise<OurProcesses> {
  const directory = await mkdtemp(join(tmpdir(), 'interlink-interop-'));
  const config = join(directory, 'config', 'interlink');
  await mkdir(config, { recursive: true, mode: 0o700 });
  await writeFile(join(config, 'token'), `${token}\n`, { mode: 0o600 });
  const parts: SitePart[] = [];
  const start = async (name: string, args: string[], env: Record<string, string>, until: string) => {
    const common = {
      PATH: process.env.PATH ?? '',
      HOME: directory,
      XDG_CONFIG_HOME: join(directory, 'config'),
      XDG_STATE_HOME: join(directory, 'state'),
      POD_IP: '127.0.0.1',
    };
    const part = new SitePart({ name, args, env: { ...common, ...env }, directory });
    parts.push(part);
    await part.start(until);
    return part;
  };
  return {
    startInterLink: async (sidecarPort) => {
      const [port = 0] = await findFreePorts(1);
      await start(
        'interlink',
        [],
        { INTERLINKPORT: String(port), SIDECARPORT: String(sidecarPort), V1SETTLESECONDS: '0' },
        'listening',
      );
      return port;
    },
    startVirtualKubelet: async ({ nodeName, kubeconfig, interLinkPort }) => {
      const args = ['--nodename', nodeName, '--port', '0', '--kubeconfig', kubeconfig];
      return await start(
        'vk',
        args,
        { INTERLINKPORT: String(interLinkPort), V1SETTLESECONDS: '0' },
        'backend within reach',
      );
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all(parts.toReversed().map(async (part) => await part.stop()));
      await rm(directory, { recursive: true, force: true });
    },
  };
}
