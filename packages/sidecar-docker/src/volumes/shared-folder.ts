import { randomUUID } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InterLinkError } from '@interlink/sidecar-sdk';
import type { Engine } from '../engine/engine.ts';
import { ensureSandboxImage, sandboxImageName } from '../sandbox/sandbox-image.ts';

/**
 * Whether a file of DataRootFolder is there for the engine, too, which it is not when the engine is on another machine or this process
 * is in a container without that folder. The engine refuses to create a container that mounts what it does not find; nothing is started.
 * @throws InterLinkError when the engine can't be asked
 */
export async function isSharedWithEngine(engine: Engine, root: string): Promise<boolean> {
  const name = `probe-${randomUUID()}`;
  const path = join(root, name);
  await writeFile(path, '', { mode: 0o600 });
  try {
    await ensureSandboxImage(engine);
    const id = await engine.createContainer({
      name: `interlink_${name}`,
      Image: sandboxImageName,
      HostConfig: { NetworkMode: 'none', Mounts: [{ Type: 'bind', Source: path, Target: '/probe', ReadOnly: true }] },
    });
    await engine.removeContainer(id);
    return true;
  } catch (error) {
    if (error instanceof InterLinkError && error.code === 'invalid_argument') return false;
    throw error;
  } finally {
    await rm(path, { force: true });
  }
}

/** Remembers that the folder is shared; as long as it is not, everybody who asks has it looked at anew. */
export class SharedFolder {
  readonly #engine: Engine;
  readonly #root: string;
  #isShared = false;

  constructor(engine: Engine, root: string) {
    this.#engine = engine;
    this.#root = root;
  }

  /** Why pods can't have files and folders here, or undefined. @throws InterLinkError when the engine can't be asked */
  async trouble(): Promise<string | undefined> {
    this.#isShared ||= await isSharedWithEngine(this.#engine, this.#root);
    if (this.#isShared) return undefined;
    return `DataRootFolder ${this.#root} of this process is not there for the Docker Engine: it has to be the same folder, by the same path`;
  }
}
