import { type ImageReference, InterLinkError, type Login, renderReference, toRepository } from '@interlink/sidecar-sdk';
import type Docker from 'dockerode';
import type { Engine } from '../engine/engine.ts';
import { readJsonLines } from '../engine/json-lines.ts';
import type { PullRecords } from './pull-records.ts';
import type { RunPull } from './shared-pulls.ts';

export interface ImagePull {
  readonly engine: Engine;
  readonly records: PullRecords;
  readonly reference: ImageReference;
  /** Undefined: as anybody. */
  readonly login: Login | undefined;
}

/** Pulls an image and records who was let have it, before anybody is told. @throws InterLinkError with the engine's text */
export function toPull(pull: ImagePull): RunPull<Docker.ImageInspectInfo> {
  return async (onLine, signal) => {
    const { records, reference, login, engine } = pull;
    const end = await records.begin(reference, login);
    try {
      const before = new Set((await engine.images.list()).map(({ id }) => id));
      // What another pull of this moment has brought is no stranger's.
      const isQuiet = await records.isQuiet(1);
      await pullNow(pull, onLine, signal);
      const pulled = await engine.inspectImage(renderReference(reference));
      const wasThere = before.has(pulled.Id);
      const isPreloaded = wasThere && isQuiet;
      await records.notePulled({ id: pulled.Id, reference, login, isPreloaded, isOurs: !wasThere });
      return pulled;
    } finally {
      await end();
    }
  };
}

async function pullNow(
  { engine, reference: { name, tag }, login }: ImagePull,
  onLine: (line: unknown) => void,
  signal: AbortSignal,
): Promise<void> {
  const { registry } = toRepository(name);
  for await (const line of readJsonLines(await engine.images.pull(name, tag, { login, registry, signal }))) {
    if (typeof line === 'object' && line !== null && 'error' in line) {
      throw new InterLinkError('unavailable', String(line.error));
    }
    onLine(line);
  }
  // A pull that was given up may look like one that came to its end.
  signal.throwIfAborted();
}
