import { type ImageReference, InterLinkError, type Login, renderReference, toRepository } from '@interlink/sidecar-sdk';
import type Docker from 'dockerode';
import type { Engine } from '../engine/engine.ts';
import { isNotFound } from '../engine/engine-error.ts';
import { readJsonLines } from '../engine/json-lines.ts';
import type { PullRecords } from './pull-records.ts';
import type { RunPull } from './shared-pulls.ts';

export interface ImagePull {
  readonly engine: Pick<Engine, 'inspectImage'> & { readonly images: Pick<Engine['images'], 'list' | 'pull'> };
  readonly records: PullRecords;
  readonly reference: ImageReference;
  /** Undefined: as anybody. */
  readonly login: Login | undefined;
}

/**
 * Pulls an image and records who was let have it, before anybody is told. An image that came and could not be recorded (the disk is full)
 * stays noted as being pulled: it is nobody's until a pull is recorded. @throws InterLinkError with the engine's text
 */
export function toPull(pull: ImagePull): RunPull<Docker.ImageInspectInfo> {
  return async (onLine, signal) => {
    const { records, reference, login, engine } = pull;
    const end = await records.begin(reference, login);
    const before = new Set<string>();
    try {
      for (const { id } of await engine.images.list()) before.add(id);
      // What another pull of this moment has brought is no stranger's.
      const isQuiet = await records.isQuiet(1);
      await pullNow(pull, onLine, signal);
      const pulled = await engine.inspectImage(renderReference(reference));
      const wasThere = before.has(pulled.Id);
      const isPreloaded = wasThere && isQuiet;
      await records.notePulled({ id: pulled.Id, reference, login, isPreloaded, isOurs: !wasThere });
      await end();
      return pulled;
    } catch (error) {
      if (await hasBroughtNothing(pull, before)) await end();
      throw error;
    }
  };
}

/** Whether an image that is there now was there before. In doubt it was not. */
async function hasBroughtNothing({ engine, reference }: ImagePull, before: ReadonlySet<string>): Promise<boolean> {
  try {
    return before.has((await engine.inspectImage(renderReference(reference))).Id);
  } catch (error) {
    return isNotFound(error);
  }
}

/** A registry that falls silent in the middle of a layer ends nothing by itself. Unpacking a large one may be silent for minutes. */
const silenceMs = 10 * 60_000;

async function pullNow(
  { engine, reference: { name, tag }, login }: ImagePull,
  onLine: (line: unknown) => void,
  signal: AbortSignal,
): Promise<void> {
  const { registry } = toRepository(name);
  const silent = new AbortController();
  const silence = new InterLinkError('unavailable', `The pull has made no progress for ${silenceMs / 60_000} minutes`);
  const timer = setTimeout(() => silent.abort(silence), silenceMs);
  const either = AbortSignal.any([signal, silent.signal]);
  try {
    for await (const line of readJsonLines(await engine.images.pull(name, tag, { login, registry, signal: either }))) {
      timer.refresh();
      if (typeof line === 'object' && line !== null && 'error' in line) {
        throw new InterLinkError('unavailable', String(line.error));
      }
      onLine(line);
    }
  } catch (error) {
    either.throwIfAborted();
    throw error;
  } finally {
    clearTimeout(timer);
  }
  // A pull that was given up may look like one that came to its end.
  either.throwIfAborted();
}
