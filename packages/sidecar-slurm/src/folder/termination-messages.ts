import { declared, type Pod, readLogEnd, readTerminationFile } from '@interlink/sidecar-sdk';
import type { JobRecord } from './job-record.ts';
import type { PodFolder } from './pod-folder.ts';

/** By `container/attempt`: what containers that have ended left to say. */
export type TerminationMessages = ReadonlyMap<string, string>;

/** Reads the messages that are not known yet: https://kubernetes.io/docs/tasks/debug/debug-application/determine-reason-pod-failure/ */
export async function readTerminationMessages(
  folder: PodFolder,
  pod: Pod,
  record: JobRecord,
  known: TerminationMessages,
): Promise<TerminationMessages> {
  const messages = new Map<string, string>();
  for (const { spec } of declared(pod)) {
    const container = record.containers.get(spec.name);
    if (container?.state !== 'terminated') continue;
    const key = `${spec.name}/${container.attempt}`;
    const usesLog = spec.terminationMessagePolicy === 'FallbackToLogsOnError' && container.exitCode !== 0;
    messages.set(key, known.get(key) ?? (await readMessage(folder, spec.name, container.attempt, usesLog)));
  }
  return messages;
}

async function readMessage(folder: PodFolder, name: string, attempt: number, usesLog: boolean): Promise<string> {
  const message = await readTerminationFile(folder.attemptFile(name, attempt, 'termination'));
  return message === '' && usesLog ? await readLogEnd(folder.attemptFile(name, attempt, 'log')) : message;
}
