import { readFile } from 'node:fs/promises';
import { HttpTarget } from '@interlink/protocol';
import type { ControlPlaneData } from '../test/testbed/testbed-data.ts';

/** @returns what a server tells of itself, in the Prometheus text format */
export async function scrape(target: HttpTarget): Promise<string> {
  const response = await target.call({ method: 'GET', path: '/metrics' });
  const text = await response.body.text();
  await target.close();
  return text;
}

/** The same of kube-apiserver, asked as its administrator. */
export async function scrapeApiServer({ server, certificates: { ca, admin } }: ControlPlaneData): Promise<string> {
  const [caText, cert, key] = await Promise.all(
    [ca.certFile, admin.certFile, admin.keyFile].map((file) => readFile(file, 'utf8')),
  );
  const tls = { ca: caText, cert, key };
  return await scrape(new HttpTarget({ url: server, tls: async () => tls }));
}

/** @returns the labels and values of one metric */
export function* samplesOf(text: string, metric: string): Generator<{ labels: Record<string, string>; value: number }> {
  for (const line of text.split('\n')) {
    if (!line.startsWith(`${metric}{`)) continue;
    const labels = Object.fromEntries([...line.matchAll(/(\w+)="([^"]*)"/g)].map(([, name, value]) => [name, value]));
    yield { labels, value: Number(line.slice(line.lastIndexOf(' '))) };
  }
}
