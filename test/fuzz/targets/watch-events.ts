import { KubeStatusError, KubeTransportError } from '@interlink/kube';
import { readWatchEvents } from '../../../packages/kube/src/client/watch-events.ts';
import { written } from '../corpus.ts';
import { assertSameInParts, outcomeOf, streamOf } from '../in-parts.ts';
import type { Target } from '../target.ts';

const lines = [
  { type: 'ADDED', object: { kind: 'Pod', metadata: { name: 'ü', resourceVersion: '1' } } },
  { type: 'BOOKMARK', object: { kind: 'Pod', metadata: { resourceVersion: '2' } } },
  {
    type: 'ERROR',
    object: { kind: 'Status', code: 410, reason: 'Expired', message: 'too old', details: { causes: [] } },
  },
].map((event) => `${JSON.stringify(event)}\n`);

/** A watch of the Kubernetes API. */
export const watchEvents: Target = {
  name: 'watch-events',
  corpus: written(lines.join(''), ...lines),
  read: async (input, random) =>
    await assertSameInParts(
      input,
      random,
      async (chunks) => await outcomeOf(readWatchEvents(streamOf(chunks), 'watch pods')),
    ),
  mayThrow: (error) => error instanceof KubeStatusError || error instanceof KubeTransportError,
};
