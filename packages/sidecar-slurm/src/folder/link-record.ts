import { readRegularFile, writeWhole } from '@interlink/sidecar-sdk';
import type { PodFolder } from './pod-folder.ts';

/** `link.json`: the pod's job does not see this folder, and is spoken to by a step of its own: see remote/pod-link.ts. */
export interface LinkRecord {
  /** The pod's folder on the node. */
  readonly folder: string;
}

const maxBytes = 16 * 1024;

export async function readLink(folder: PodFolder): Promise<LinkRecord | undefined> {
  const text = await readRegularFile(folder.file('link.json'), maxBytes);
  return text === undefined ? undefined : (JSON.parse(text) as LinkRecord);
}

export async function writeLink(folder: PodFolder, link: LinkRecord): Promise<void> {
  await writeWhole(folder.file('link.json'), JSON.stringify(link));
}
