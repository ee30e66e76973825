import { InterLinkError, sleep } from '@interlink/sidecar-sdk';
import type Docker from 'dockerode';
import type { Engine } from './engine.ts';
import { isNotFound } from './engine-error.ts';

/** The engine takes a name before the container of that name can be seen: for this long, in steps. */
const stepMs = 50;
const maxSteps = 100;

/** A container that is there, whoever created it. */
export interface CreatedContainer {
  readonly inspected: Docker.ContainerInspectInfo;
  /** This call created it. */
  readonly isNew: boolean;
}

/**
 * Creates a container, or finds the one that has its name: sent twice, raced, or repeated after a crash it makes one.
 * @param options with a name
 * @throws InterLinkError `not_found` when the image is not there
 */
export async function createOnce(engine: Engine, options: Docker.ContainerCreateOptions): Promise<CreatedContainer> {
  const name = options.name ?? '';
  for (let step = 0; step < maxSteps; step += 1) {
    const id = await createUnlessTaken(engine, options);
    try {
      return { inspected: await engine.inspectContainer(id ?? name), isNew: id !== undefined };
    } catch (error) {
      // Another create of this name is on its way, or has just failed and given the name back.
      if (id !== undefined || !isNotFound(error)) throw error;
      await sleep(stepMs, neverAborted);
    }
  }
  throw new InterLinkError('aborted', `Cannot create container ${name}: its name is taken by one that does not appear`);
}

/** The new container's id, undefined when there is one of that name. */
async function createUnlessTaken(engine: Engine, options: Docker.ContainerCreateOptions): Promise<string | undefined> {
  try {
    return await engine.createContainer(options);
  } catch (error) {
    if (error instanceof InterLinkError && error.code === 'already_exists') return undefined;
    throw error;
  }
}

const neverAborted = new AbortController().signal;
