import { chmod, chown, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Container, ObjectMeta, PodSpec, Volume } from '@interlink/kube';
import { type ControlPlaneData, kubectl } from '../../testbed/index.ts';
import { SitePart } from '../../testbed/site/site-part.ts';

export interface DeployedPodOptions {
  readonly controlPlane: ControlPlaneData;
  readonly namespace: string;
  readonly deployment: string;
  /** Folder of the containers' programs. */
  readonly programs: string;
  /** Variables over those of the manifest: ports that are free here, and what this machine lacks. */
  readonly env: Readonly<Record<string, string>>;
}

interface Deployment {
  readonly spec: { readonly template: { readonly metadata: ObjectMeta; readonly spec: PodSpec } };
}

const logLines = 40;
const accountFolder = '/var/run/secrets/kubernetes.io/serviceaccount';

/**
 * The pod of a Deployment, run on this machine as its manifest has it: commands, variables, identity, ConfigMaps, Secrets, empty folders and the
 * service account's token, each container a process with a root file system of its own. Other volumes are folders of this machine.
 * The network is the machine's, and the programs are executables, not images.
 */
export class DeployedPod implements AsyncDisposable {
  /** By the containers' names. */
  readonly parts = new Map<string, SitePart>();
  readonly #options: DeployedPodOptions;
  readonly #directory: string;

  private constructor(options: DeployedPodOptions, directory: string) {
    this.#options = options;
    this.#directory = directory;
  }

  static async start(options: DeployedPodOptions): Promise<DeployedPod> {
    const pod = new DeployedPod(options, await mkdtemp(join(tmpdir(), 'deployed-')));
    await chmod(pod.#directory, 0o755);
    const { spec } = (await pod.#get<Deployment>('deployment', options.deployment)).spec.template;
    for (const volume of spec.volumes ?? []) await pod.#prepare(volume, spec);
    await pod.#prepareAccount(spec);
    for (const container of spec.containers) pod.parts.set(container.name, await pod.#toPart(container, spec));
    await Promise.all([...pod.parts.values()].map(async (part) => await part.start()));
    return pod;
  }

  /** The last that its processes have said. */
  logEnds(): string {
    const ends = [...this.parts.values()].map((part) => [
      `--- ${part.name}`,
      ...part.log().trimEnd().split('\n').slice(-logLines),
    ]);
    return ends.flat().join('\n');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.parts.values()].map(async (part) => await part.stop()));
    await rm(this.#directory, { recursive: true, force: true });
  }

  async #toPart(
    { name, command = [], args = [], env = [], volumeMounts = [] }: Container,
    spec: PodSpec,
  ): Promise<SitePart> {
    const { programs, env: more } = this.#options;
    const mounts = volumeMounts.flatMap(({ name: volume, mountPath, subPath = '' }) => {
      const isOfMachine = spec.volumes?.some((each) => each.name === volume && each.nfs !== undefined);
      return isOfMachine ? [] : [`${join(this.#directory, volume, subPath)} ${mountPath}`];
    });
    const [root, list] = [join(this.#directory, `root-${name}`), join(this.#directory, `mounts-${name}`)];
    await mkdir(root);
    await writeFile(list, [...mounts, `${join(this.#directory, 'account')} ${accountFolder}`, ''].join('\n'));
    const { runAsUser = 0, runAsGroup = 0 } = spec.securityContext ?? {};
    const script = join(import.meta.dirname, 'own-root.sh');
    const ownRoot = ['--mount', 'sh', script, root, list, `${runAsUser}`, `${runAsGroup}`];
    return new SitePart({
      ...{
        name: command[0] ?? name,
        args: [...command.slice(1), ...args],
        directory: this.#directory,
        binaries: programs,
      },
      env: {
        PATH: `${programs}:${process.env.PATH}`,
        // The only thing that a pod of this machine can be asked for by a field is its address.
        ...Object.fromEntries(env.map(({ name, value, valueFrom }) => [name, valueFrom ? '127.0.0.1' : (value ?? '')])),
        ...this.#apiServer(),
        ...more,
      },
      place: {
        toCommandLine: async (argv) => ['unshare', [...ownRoot, ...argv]],
        signal: (pid, signal) => void process.kill(pid, signal),
      },
    });
  }

  /** Where every pod finds it. */
  #apiServer(): Record<string, string> {
    const { hostname, port } = new URL(this.#options.controlPlane.server);
    return { KUBERNETES_SERVICE_HOST: hostname, KUBERNETES_SERVICE_PORT: port };
  }

  async #prepare(volume: Volume, { securityContext }: PodSpec): Promise<void> {
    const folder = join(this.#directory, volume.name);
    await mkdir(folder);
    const group = securityContext?.fsGroup ?? 0;
    if (volume.emptyDir !== undefined) {
      await chown(folder, 0, group);
      await chmod(folder, 0o2777);
    }
    const { configMap, secret } = volume;
    if (configMap?.name !== undefined) {
      const { data } = await this.#get<{ data: Record<string, string> }>('configmap', configMap.name);
      for (const [name, text] of Object.entries(data)) await writeFile(join(folder, name), text, { mode: 0o644 });
    }
    if (secret?.secretName !== undefined) {
      const { data } = await this.#get<{ data: Record<string, string> }>('secret', secret.secretName);
      for (const [name, value] of Object.entries(data)) {
        const file = join(folder, name);
        await writeFile(file, Buffer.from(value, 'base64'));
        await chown(file, 0, group);
        await chmod(file, secret.defaultMode ?? 0o644);
      }
    }
  }

  async #prepareAccount({ serviceAccountName = 'default', securityContext }: PodSpec): Promise<void> {
    const { namespace, controlPlane } = this.#options;
    const folder = join(this.#directory, 'account');
    await mkdir(folder);
    const token = await this.#kubectl('create', 'token', serviceAccountName);
    const files = { token, namespace, 'ca.crt': await readFile(controlPlane.certificates.ca.certFile, 'utf8') };
    for (const [name, text] of Object.entries(files)) {
      await writeFile(join(folder, name), text.trimEnd(), { mode: 0o640 });
      await chown(join(folder, name), 0, securityContext?.fsGroup ?? 0);
    }
  }

  async #get<Shape>(kind: string, name: string): Promise<Shape> {
    return JSON.parse(await this.#kubectl('get', kind, name, '-o', 'json')) as Shape;
  }

  async #kubectl(...args: ReadonlyArray<string>): Promise<string> {
    const { controlPlane, namespace } = this.#options;
    const { stdout, stderr, exitCode } = await kubectl({ controlPlane }, ['-n', namespace, ...args]);
    if (exitCode === 0) return stdout;
    throw new Error(`kubectl ${args.join(' ')} exited with code ${exitCode}: ${stderr.trim()}`);
  }
}
