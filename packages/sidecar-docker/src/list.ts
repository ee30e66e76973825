import type { OwnedReport } from '@interlink/sidecar-sdk';
import type { PodObserver } from './pods/pod-observer.ts';
import type { PodWorks } from './pods/pod-works.ts';
import { toPodReport } from './report.ts';
import { nextActions } from './status/next-actions.ts';
import type { PodReader } from './status/pod-reader.ts';

export interface ListOptions {
  readonly reader: PodReader;
  readonly works: PodWorks;
  readonly observer: PodObserver;
}

/** Every pod that the engine holds. Those with something left to do, whoever began it, are taken on. */
export async function listPods({ reader, works, observer }: ListOptions): Promise<OwnedReport[]> {
  const snapshots = await reader.readAll();
  return snapshots.map((snapshot) => {
    const { uid, owner } = snapshot.pod;
    if (works.knowledgeOf(uid).eviction === undefined && nextActions(snapshot).length > 0) observer.changed(uid);
    const { lastSnapshot } = works.get(uid);
    return { owner, report: toPodReport(lastSnapshot ?? snapshot, works.knowledgeOf(uid)) };
  });
}
