import { randomBytes } from 'node:crypto';
import { chown, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ClusterCommands, killChildren, type SlurmClusterData } from '../../../testbed/index.ts';
import type { ClusterSidecar } from '../../../testbed/site/cluster-sidecar.ts';
import { SitePart } from '../../../testbed/site/site-part.ts';

/** In a shell whose arguments are how this testbed runs the sidecar: the command by the name that it has when it is installed. */
const installed = `printf -v sidecar '%q ' "$@"; slurm-sidecar() { eval "exec $sidecar"; }; cd "$HOME"`;

/** A home of its own on the login host, in which a user types commands. */
export class LoginHome {
  readonly #cluster: SlurmClusterData;
  /** As this machine sees it. */
  readonly #here: string;
  /** As the cluster has it. */
  readonly #there: string;

  constructor(cluster: SlurmClusterData, name: string) {
    this.#cluster = cluster;
    this.#here = join(cluster.home, 'alice', name);
    this.#there = join(cluster.accounts.alice.home, name);
  }

  /** Puts a file there, by a path from the home. */
  async write(path: string, content: string, mode = 0o600): Promise<void> {
    const { uid, gid } = this.#cluster.accounts.alice;
    const parents = path.split('/').map((_, index, parts) => join(this.#here, ...parts.slice(0, index)));
    for (const folder of parents) {
      await mkdir(folder, { mode: 0o700, recursive: true });
      await chown(folder, uid, gid);
    }
    await writeFile(join(this.#here, path), content, { mode });
    await chown(join(this.#here, path), uid, gid);
  }

  /** A sidecar that a command starts, `slurm-sidecar` with whatever is before it; pods are where they are by default. */
  async sidecar(command: string, directory: string): Promise<ClusterSidecar> {
    const token = randomBytes(32).toString('base64url');
    await this.write('config/interlink/token', `${token}\n`);
    // Its parent is what counts: the socket's folder.
    await this.write('run/.keep', '');
    const commands = new ClusterCommands(this.#cluster);
    const socket = (home: string) => `unix://${join(home, 'run/s.sock')}`;
    const env = {
      ...commands.env('alice'),
      ...{ HOME: this.#there, XDG_CONFIG_HOME: join(this.#there, 'config'), SIDECARURL: socket(this.#there) },
    };
    const place = {
      toCommandLine: async (argv: ReadonlyArray<string>) =>
        await commands.toCommandLine('login', 'alice', ['bash', '-c', `${installed}; ${command}`, 'login', ...argv]),
      signal: killChildren,
    };
    const pods = '.interlink/slurm';
    return {
      part: new SitePart({ name: 'slurm-sidecar', args: [], env, directory, place }),
      ...{ url: socket(this.#here), token, root: join(this.#here, pods), rootThere: join(this.#there, pods) },
      remove: async () => await rm(this.#here, { recursive: true, force: true, maxRetries: 5 }),
    };
  }
}
