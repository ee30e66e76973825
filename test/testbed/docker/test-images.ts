import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { requestEngine, requestEngineOrThrow } from './engine-api.ts';

/** Images for tests, made and sent by the engine itself. */
export class TestImages {
  readonly #socket: string;

  constructor(socket: string) {
    this.#socket = socket;
  }

  /**
   * Makes busybox once more, as an image of its own that no other test has.
   * @param config what the image says of its process, by the engine's names: `Env`, `Entrypoint`, `User`, …
   * @returns its id
   */
  async make(image: string, config: object = {}): Promise<string> {
    const { Id: container } = (await this.#post('/containers/create', { Image: 'busybox:1.36' })) as { Id: string };
    try {
      const query = new URLSearchParams({ container, ...splitTag(image), changes: `LABEL test=${randomUUID()}` });
      return ((await this.#post(`/commit?${query}`, config)) as { Id: string }).Id;
    } finally {
      await requestEngineOrThrow(this.#socket, { method: 'DELETE', path: `/containers/${container}?v=1` });
    }
  }

  /** `docker push`, with the login if there is one. */
  async push(image: string, login: { username: string; password: string } | undefined): Promise<void> {
    const { repo, tag } = splitTag(image);
    const path = `/images/${repo}/push?${new URLSearchParams({ tag })}`;
    const auth = Buffer.from(JSON.stringify(login ?? {})).toString('base64url');
    const headers = { 'X-Registry-Auth': auth };
    const { status, text } = await requestEngine(this.#socket, { method: 'POST', path, headers });
    if (status !== 200 || text.includes('errorDetail'))
      throw new Error(`Cannot push ${image}: ${status} ${text.trim()}`);
  }

  /** Takes the name from the engine, and the image with it when it has no other; nothing happens when it has no such image. */
  async remove(image: string): Promise<void> {
    const { status, text } = await requestEngine(this.#socket, { method: 'DELETE', path: `/images/${image}?force=1` });
    if (status >= 300 && status !== 404) throw new Error(`Cannot remove image ${image}: ${status} ${text.trim()}`);
  }

  async has(image: string): Promise<boolean> {
    return (await requestEngine(this.#socket, { method: 'GET', path: `/images/${image}/json` })).status === 200;
  }

  /** Makes an image that only the registry has. */
  async publish(image: string, login?: { username: string; password: string }, config: object = {}): Promise<void> {
    await this.make(image, config);
    await this.push(image, login);
    await this.remove(image);
  }

  async #post(path: string, body: object): Promise<unknown> {
    const headers = { 'Content-Type': 'application/json' };
    return await requestEngineOrThrow(this.#socket, {
      method: 'POST',
      path,
      headers,
      body: Readable.from([JSON.stringify(body)]),
    });
  }
}

function splitTag(image: string): { repo: string; tag: string } {
  const colon = image.lastIndexOf(':');
  return { repo: image.slice(0, colon), tag: image.slice(colon + 1) };
}
