import type { Readable } from 'node:stream';
import type { RegistryCredential } from '@interlink/sidecar-sdk';
import type Docker from 'dockerode';
import { attempt } from './engine-error.ts';

export interface PullOptions {
  /** Absent: as anybody. */
  readonly login?: Omit<RegistryCredential, 'registry'> | undefined;
  readonly registry: string;
  readonly signal: AbortSignal;
}

/** An image as the engine lists it. */
export interface ListedImage {
  /** `sha256:…` */
  readonly id: string;
  /** `name:tag`, all that there are. */
  readonly tags: ReadonlyArray<string>;
  /** `name@sha256:…`, all that there are. */
  readonly digests: ReadonlyArray<string>;
}

/** The engine's requests about images as such. Few and far between, or long: no gate counts them. */
export class EngineImages {
  readonly #docker: Docker;

  constructor(docker: Docker) {
    this.#docker = docker;
  }

  /**
   * The progress of a pull, one JSON object a line. The login goes in the header `X-Registry-Auth`: nothing of this account's own
   * Docker configuration is shown to a registry.
   */
  async pull(name: string, tag: string, { login, registry, signal }: PullOptions): Promise<Readable> {
    const options = {
      fromImage: name,
      tag,
      abortSignal: signal,
      ...(login === undefined ? {} : { authconfig: toAuthConfig(login, registry) }),
    };
    return (await attempt(async () => await this.#docker.createImage(options))) as unknown as Readable;
  }

  async list(): Promise<ListedImage[]> {
    const images = await attempt(async () => await this.#docker.listImages({ all: true }));
    return images.map(({ Id: id, RepoTags: tags, RepoDigests: digests }) => ({
      id,
      tags: (tags ?? []).filter(isNamed),
      digests: (digests ?? []).filter(isNamed),
    }));
  }

  /** Ids of the images of all containers, whoever made them, running or not. */
  async used(): Promise<Set<string>> {
    const containers = await attempt(async () => await this.#docker.listContainers({ all: true }));
    return new Set(containers.map(({ ImageID: id }) => id));
  }

  /** Takes a name from an image, and with the last one the image itself. @throws InterLinkError `already_exists` while a container uses it */
  async remove(reference: string): Promise<void> {
    await attempt(async () => await this.#docker.getImage(reference).remove());
  }

  /** Where the engine keeps images, on its own host. */
  async folder(): Promise<string> {
    const info: { readonly DockerRootDir: string } = await attempt(async () => await this.#docker.info());
    return info.DockerRootDir;
  }
}

/** https://docs.docker.com/reference/api/engine/ "Authentication" */
function toAuthConfig({ username, password, identityToken }: NonNullable<PullOptions['login']>, serveraddress: string) {
  return identityToken === undefined
    ? { username, password, serveraddress }
    : { identitytoken: identityToken, serveraddress };
}

/** Of an image that lost its name the engine says `<none>`. */
function isNamed(reference: string): boolean {
  return !reference.startsWith('<none>') && !reference.endsWith('<none>');
}
