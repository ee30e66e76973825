import { readFile } from 'node:fs/promises';
import type { Site } from '../../testbed/site/site.ts';
import type { Namespace } from './namespace.ts';

const logLines = 40;

/** What one wants to see of a failed test: its pods as `kubectl describe` has them, and how the logs of the processes end. */
export async function reportFailure(title: string, site: Site, namespace: Namespace): Promise<void> {
  const described = await namespace.try('describe', 'pods');
  const logs = await Promise.all(
    site.parts.map(async ({ name, logFile }) => {
      const text = await readFile(logFile, 'utf8').catch(String);
      return `--- the log of ${name} ends\n${text.trimEnd().split('\n').slice(-logLines).join('\n')}`;
    }),
  );
  process.stderr.write([`--- failed: ${title}`, described.stdout, ...logs, ''].join('\n'));
}
