import { randomUUID } from 'node:crypto';
import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InterLinkError } from '@interlink/sidecar-sdk';
import type { Engine } from '../engine/engine.ts';
import { removeContainer } from '../pods/remove-container.ts';
import { ensureSandboxImage, sandboxImageName } from '../sandbox/sandbox-image.ts';
import { isSettled } from './is-settled.ts';

const prefix = 'probe-';

/**
 * Whether a file of DataRootFolder is there for the engine, too, which it is not when the engine is on another machine or this process
 * is in a container without that folder. The engine refuses to create a container that mounts what it does not find; nothing is started.
 * The file goes after the container: what is left of a look that was cut off is found by {@link removeCutOff}.
 * @throws InterLinkError when the engine can't be asked
 */
async function isSharedWithEngine(engine: Engine, root: string): Promise<boolean> {
  await ensureSandboxImage(engine);
  const name = `${prefix}${randomUUID()}`;
  const path = join(root, name);
  await writeFile(path, '', { mode: 0o600 });
  const id = await createUnlessMissing(engine, name, path);
  if (id !== undefined) await removeContainer(engine, id);
  await rm(path, { force: true });
  return id !== undefined;
}

/** Undefined: the engine has no such file. */
async function createUnlessMissing(engine: Engine, name: string, path: string): Promise<string | undefined> {
  try {
    return await engine.createContainer({
      name: containerOf(name),
      Image: sandboxImageName,
      HostConfig: { NetworkMode: 'none', Mounts: [{ Type: 'bind', Source: path, Target: '/probe', ReadOnly: true }] },
    });
  } catch (error) {
    if (error instanceof InterLinkError && error.code === 'invalid_argument') return undefined;
    throw error;
  }
}

/** Files, and containers by their names, of looks that a killed process began, or that failed on the way. What can't go now goes with the next. */
async function removeCutOff(engine: Engine, root: string): Promise<void> {
  for (const name of (await readdir(root)).filter((each) => each.startsWith(prefix))) {
    const path = join(root, name);
    try {
      if (!(await isSettled(path))) continue;
      await removeContainer(engine, containerOf(name));
      await rm(path, { force: true });
    } catch {
      // Its file stays, and tells of it.
    }
  }
}

function containerOf(name: string): string {
  return `interlink_${name}`;
}

/** Remembers that the folder is shared; as long as it is not, whoever asks has it looked at anew. */
export class SharedFolder {
  readonly #engine: Engine;
  readonly #root: string;
  /** Under way, or the one that found it shared. */
  #look: Promise<boolean> | undefined;

  constructor(engine: Engine, root: string) {
    this.#engine = engine;
    this.#root = root;
  }

  /** Why pods can't have files and folders here, or undefined. @throws InterLinkError when the engine can't be asked */
  async trouble(): Promise<string | undefined> {
    if (await this.#isShared()) return undefined;
    return `DataRootFolder ${this.#root} of this process is not there for the Docker Engine: it has to be the same folder, by the same path`;
  }

  async #isShared(): Promise<boolean> {
    this.#look ??= this.#lookOnce();
    const look = this.#look;
    let isShared = false;
    try {
      isShared = await look;
    } finally {
      if (!isShared && this.#look === look) this.#look = undefined;
    }
    return isShared;
  }

  /** One at a time: what another one left is removed. */
  async #lookOnce(): Promise<boolean> {
    await removeCutOff(this.#engine, this.#root);
    return await isSharedWithEngine(this.#engine, this.#root);
  }
}
