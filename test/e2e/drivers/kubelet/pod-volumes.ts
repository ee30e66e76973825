import { chmod, chown, mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ConfigMap, Pod, Secret, Volume } from '@interlink/kube';
import type { Namespace } from '../namespace.ts';

type Files = Readonly<Record<string, Buffer | string>>;

/** A pod's volumes as folders of this machine, made from the API's objects as a kubelet makes them. */
export class PodVolumes {
  readonly #pod: Pod;
  readonly #namespace: Namespace;
  readonly #directory: string;

  constructor(pod: Pod, namespace: Namespace, directory: string) {
    this.#pod = pod;
    this.#namespace = namespace;
    this.#directory = directory;
  }

  folderOf(volume: string): string {
    return join(this.#directory, volume);
  }

  /** Writes what the objects have now: once before the start, and again when they have changed. @throws Error when one is missing */
  async write(): Promise<void> {
    for (const volume of this.#pod.spec?.volumes ?? []) await this.#writeVolume(volume);
  }

  async #writeVolume(volume: Volume): Promise<void> {
    const folder = this.folderOf(volume.name);
    await mkdir(folder, { recursive: true });
    // Of the pod's group, as `fsGroup` has it; an emptyDir is everybody's.
    await chown(folder, 0, this.#group);
    await chmod(folder, volume.emptyDir === undefined ? 0o755 : 0o2777);
    const mode = volume.secret?.defaultMode ?? volume.configMap?.defaultMode ?? volume.projected?.defaultMode ?? 0o644;
    for (const [name, content] of Object.entries(await this.#filesOf(volume))) {
      const path = join(folder, name);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(`${path}.new`, content, { mode });
      await chown(`${path}.new`, 0, this.#group);
      await rename(`${path}.new`, path);
    }
  }

  async #filesOf({ name, configMap, secret, projected, emptyDir }: Volume): Promise<Files> {
    if (emptyDir !== undefined) return {};
    if (configMap?.name !== undefined) return await this.#configMap(configMap.name);
    if (secret?.secretName !== undefined) return await this.#secret(secret.secretName, secret.optional === true);
    if (projected === undefined) throw new Error(`Volume ${name} is of a kind that is not known here`);
    let files: Files = {};
    for (const source of projected.sources ?? []) {
      if (source.configMap?.name !== undefined) files = { ...files, ...(await this.#configMap(source.configMap.name)) };
      else if (source.serviceAccountToken !== undefined)
        files = { ...files, [source.serviceAccountToken.path]: await this.#token() };
      for (const { path } of source.downwardAPI?.items ?? []) files = { ...files, [path]: this.#namespace.name };
    }
    return files;
  }

  async #configMap(name: string): Promise<Files> {
    return (JSON.parse(await this.#namespace.run('get', 'configmap', name, '-o', 'json')) as ConfigMap).data ?? {};
  }

  async #secret(name: string, isOptional: boolean): Promise<Files> {
    const { stdout, stderr, exitCode } = await this.#namespace.try('get', 'secret', name, '-o', 'json');
    if (exitCode !== 0 && isOptional && stderr.includes('not found')) return {};
    if (exitCode !== 0) throw new Error(`Cannot read secret ${name}: ${stderr}`);
    const { data = {} } = JSON.parse(stdout) as Secret;
    return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, Buffer.from(value, 'base64')]));
  }

  async #token(): Promise<string> {
    const account = this.#pod.spec?.serviceAccountName ?? 'default';
    return (await this.#namespace.run('create', 'token', account)).trim();
  }

  get #group(): number {
    return this.#pod.spec?.securityContext?.fsGroup ?? 0;
  }
}
