import { readFile } from 'node:fs/promises';
import type { Site } from '../../testbed/site/site.ts';
import type { Namespace } from './namespace.ts';

const logLines = 40;
const fewPods = 3;

/** What one wants to see of a failed test: its pods as `kubectl describe` has them, how their logs end, and those of the processes. */
export async function reportFailure(title: string, site: Site, namespace: Namespace): Promise<void> {
  const described = await namespace.try('describe', 'pods');
  const pods = await namespace.pods().catch(() => []);
  const podLogs = await Promise.all(
    pods.slice(0, fewPods).map(async ({ metadata: { name = '' } = {} }) => {
      const { stdout } = await namespace.try('logs', name, '--all-containers', '--prefix', '--tail=20');
      return `--- the log of pod ${name} ends\n${stdout.trimEnd()}`;
    }),
  );
  const logs = await Promise.all(
    site.parts.map(async ({ name, logFile }) => {
      const text = await readFile(logFile, 'utf8').catch(String);
      return `--- the log of ${name} ends\n${text.trimEnd().split('\n').slice(-logLines).join('\n')}`;
    }),
  );
  process.stderr.write([`--- failed: ${title}`, described.stdout, ...podLogs, ...logs, ''].join('\n'));
}
