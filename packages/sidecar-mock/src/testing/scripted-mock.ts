import type { Backend, OwnedReport, PodEvent, PodReport, PodRequest } from '@interlink/sidecar-sdk';
import { onTestFinished, vi } from 'vitest';
import { parseScriptFile } from '../file/parse-script-file.ts';
import { createScriptedBackend } from '../file/scripted-backend.ts';

export const owner = { cluster: 'c1', node: 'n1' };

/** A pod with one container, `main`. */
export function requestOf(metadata: Partial<PodRequest['pod']['metadata']> = {}): PodRequest {
  const uid = crypto.randomUUID();
  return {
    pod: {
      metadata: { uid, namespace: 'team-a', name: 'p', ...metadata },
      spec: { containers: [{ name: 'main', image: 'busybox' }] },
    },
    volumes: [],
  };
}

export interface ScriptedMock {
  readonly backend: Backend;
  /** What was told, the newest last. */
  readonly events: PodEvent[];
  readonly reports: PodReport[];
  /** How often the SDK was asked to list anew. */
  readonly relists: () => number;
}

/** A backend by a script, watched, on a clock that the test moves: it begins with the year 2027. */
export function playScript(text: string): ScriptedMock {
  vi.useFakeTimers({ now: Date.parse('2027-01-01T00:00:00Z') });
  const loaded = { script: parseScriptFile(text, 'script.yaml'), sinceMs: Date.now() };
  const backend = createScriptedBackend({ loaded, refresh: async () => undefined });
  const over = new AbortController();
  const events: PodEvent[] = [];
  const reports: PodReport[] = [];
  let relists = 0;
  const news = {
    report: ({ report }: OwnedReport) => void reports.push(report),
    gone: () => undefined,
    event: (_: string, event: PodEvent) => void events.push(event),
    relist: () => {
      relists += 1;
    },
  };
  void backend.watch?.(news, over.signal);
  onTestFinished(() => {
    over.abort();
    vi.useRealTimers();
  });
  return { backend, events, reports, relists: () => relists };
}

/** What is there of a log, and of what follows until it ends. */
export async function logOf(
  backend: Backend,
  { uid }: { uid: string },
  options: Parameters<Backend['logs']>[2] = {},
): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  const reference = { owner, uid, namespace: 'team-a', name: 'p' };
  const log = await backend.logs(reference, 'main', options, new AbortController().signal);
  for await (const chunk of log) chunks.push(chunk);
  return Buffer.concat(chunks);
}
