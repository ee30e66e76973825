import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { waitFor } from '../../testbed/index.ts';
import type { EngineView } from './engine.ts';

export interface WhatMayBeLeft {
  readonly engine: EngineView;
  readonly nodeNames: ReadonlyArray<string>;
  /** The site's own. */
  readonly directory: string;
}

/** Waits until the engine and the disk have nothing more of the pods of a site, whose tests have deleted them. @throws naming what is left */
export async function waitUntilNothingIsLeft(what: WhatMayBeLeft): Promise<void> {
  await waitFor(
    'nothing to be left of the pods',
    async () => {
      const left = await leftoversOf(what);
      if (left.length === 0) return true;
      throw new Error(left.join(', '));
    },
    { timeoutMs: 60_000, intervalMs: 200 },
  );
}

async function leftoversOf({ engine, nodeNames, directory }: WhatMayBeLeft): Promise<string[]> {
  const containers = (await Promise.all(nodeNames.map(async (name) => await engine.ofNode(name)))).flat();
  const volumes = await engine.volumesLeft();
  // DataRootFolder, as the sidecar chooses it (test/testbed/site/site.ts sets XDG_STATE_HOME).
  const folders = await readdir(join(directory, 'state/interlink/docker')).catch(() => []);
  return [
    ...containers.map(({ Labels: labels, State: state }) => {
      const kind = labels['interlink.eu/kind'];
      return `${state} ${kind} of pod ${labels['interlink.eu/pod-namespace']}/${labels['interlink.eu/pod-name']}`;
    }),
    ...volumes.map((name) => `volume ${name}`),
    // The sidecar's own records.
    ...folders.filter((name) => !['.images', '.engine'].includes(name)).map((name) => `folder ${name}`),
  ];
}
