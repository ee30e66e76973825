import type { Readable } from 'node:stream';
import { InterLinkError, parseImageReference } from '@interlink/sidecar-sdk';
import type { Engine } from '../engine/engine.ts';
import { isNotFound } from '../engine/engine-error.ts';
import { readJsonLines } from '../engine/json-lines.ts';
import { type Architecture, buildPauseProgram } from './pause-program.ts';
import { tarExecutable } from './tar.ts';

/** The tag counts versions of the program: a changed program gets the next one. */
export const sandboxImageName = 'interlink/sandbox:1';

/** A create waits for it; after this it is tried again. */
const pullTimeoutMs = 50_000;

/** The engine's names for its architecture, as `docker version` shows them. */
const architectures: Readonly<Record<string, Architecture>> = {
  amd64: 'amd64',
  x86_64: 'amd64',
  arm64: 'arm64',
  aarch64: 'arm64',
};

/**
 * Gives the engine the sandbox's image unless it has it; nothing is pulled.
 * @throws InterLinkError `failed_precondition` for an engine of an architecture that we have no program for
 */
export async function ensureSandboxImage(engine: Engine): Promise<void> {
  try {
    await engine.inspectImage(sandboxImageName);
    return;
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
  const { architecture: name } = await engine.info();
  const architecture = architectures[name];
  if (architecture === undefined) {
    throw new InterLinkError(
      'failed_precondition',
      `Cannot make a sandbox image for the engine's architecture ${name}: amd64 or arm64 is wanted`,
    );
  }
  const tar = tarExecutable('pause', buildPauseProgram(architecture));
  const progress = await engine.importImage(tar, sandboxImageName, 'ENTRYPOINT ["/pause"]');
  await untilDone(progress, 'Cannot import the sandbox image');
}

/** Gets the image that Docker.SandboxImage names. @throws InterLinkError `unavailable` with the engine's text */
export async function pullSandboxImage(engine: Engine, image: string): Promise<void> {
  const reference = parseImageReference(image);
  if (reference === undefined) {
    throw new InterLinkError(
      'failed_precondition',
      `Docker.SandboxImage is ${JSON.stringify(image)}: the name of an image is wanted`,
    );
  }
  const progress = await engine.images.pull(reference.name, reference.tag, {
    registry: '',
    login: undefined,
    signal: AbortSignal.timeout(pullTimeoutMs),
  });
  await untilDone(progress, `Cannot pull the sandbox image ${image} (Docker.SandboxImage)`);
}

async function untilDone(progress: Readable, failure: string): Promise<void> {
  for await (const line of readJsonLines(progress)) {
    if (typeof line === 'object' && line !== null && 'error' in line) {
      throw new InterLinkError('unavailable', `${failure}: ${String(line.error)}`);
    }
  }
}
