import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TlsFolder } from '../../test/testbed/tls-folder.ts';

/** What an installation has that the plain load goes without: three events a pod, its account's token, TLS between Virtual Kubelet and InterLink. */
export const extras = ['events', 'tokens', 'tls'] as const;

export type Extra = (typeof extras)[number];

/** `interlink+events+tls`: a system, and what it has besides. */
export function parseSystem(name: string): { base: string; with: ReadonlySet<Extra> } {
  const [base = '', ...found] = name.split('+');
  const unknown = found.find((extra) => !extras.includes(extra as Extra));
  if (unknown !== undefined) throw new Error(`--systems ${name}: ${unknown} is none of ${extras.join(', ')}`);
  return { base, with: new Set(found as Extra[]) };
}

/** @returns variables of the site's processes that switch these on, but for `tokens`, which are the pods' own. */
export async function variablesFor(wanted: ReadonlySet<Extra>, directory: string): Promise<Record<string, string>> {
  return {
    ...(wanted.has('events') ? { MOCK_SCRIPT: await eventScript(directory) } : {}),
    ...(wanted.has('tls') ? await tlsVariables(directory) : {}),
  };
}

/** As many as a container that starts has: Pulled, Created, Started. */
async function eventScript(directory: string): Promise<string> {
  const file = join(directory, 'mock-script.yaml');
  const eventFlood = { eventsPerSecond: 3, forSeconds: 1, reason: 'Started', message: 'Started container main' };
  await writeFile(file, JSON.stringify({ pods: [{ eventFlood }] }));
  return file;
}

async function tlsVariables(directory: string): Promise<Record<string, string>> {
  const folder = await TlsFolder.create();
  const file = join(directory, 'InterLinkConfig.yaml');
  const TLS = await folder.configure('site', { usage: 'both', names: ['127.0.0.1'] });
  await writeFile(file, JSON.stringify({ TLS }));
  return { INTERLINKURL: 'https://127.0.0.1', INTERLINKCONFIGPATH: file };
}
