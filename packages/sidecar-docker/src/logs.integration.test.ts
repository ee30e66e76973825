import { buffer } from 'node:stream/consumers';
import type { LogOptions, PodReference } from '@interlink/sidecar-sdk';
import { describe, expect, inject, test } from 'vitest';
import { Engine } from './engine/engine.ts';
import { openContainerLog } from './log/open-container-log.ts';
import { hasEnded, shell, useDockerSite } from './testing/docker-site.ts';

const { docker } = inject('testbed');
const { signal: never } = new AbortController();
const lineCount = 300_000;

describe.skipIf(docker === undefined)(
  docker === undefined ? 'logs (skipped: no Docker Engine can run on this machine)' : 'logs',
  () => {
    const site = useDockerSite();

    const logOf = async (pod: PodReference, options: LogOptions) =>
      await buffer((await site.backend.logs(pod, 'main', options, never)) as AsyncIterable<Buffer>);

    /** The same from the engine, as where its files can't be read. */
    const engineLogOf = async (pod: PodReference, options: LogOptions) => {
      const report = await site.until(pod, hasEnded);
      const id = report.status.containerStatuses[0]?.containerID?.replace('docker://', '') ?? '';
      const engine = new Engine(site.engine);
      const container = { id, logPath: undefined, isTerminal: false };
      return await buffer(
        (await openContainerLog(container, { options, engine, signal: never })) as AsyncIterable<Buffer>,
      );
    };

    test('a follower of 30 MB as fast as they come gets each line once, through all files', async () => {
      const script = `awk 'BEGIN { p = sprintf("%90s", ""); for (i = 0; i < ${lineCount}; i++) printf "%09d%s\\n", i, p }'`;
      const pod = await site.create({ containers: [shell(`sleep 1; ${script}`)] });
      await site.until(pod, ({ status }) => status.containerStatuses[0]?.state.running !== undefined);
      const lines = (await logOf(pod, { follow: true })).toString().split('\n');
      expect(lines.pop()).toBe('');
      expect(lines.length).toBe(lineCount);
      expect(lines.findIndex((line, index) => Number(line.slice(0, 9)) !== index)).toBe(-1);
    });

    test('what is shown is what the engine itself would show', async () => {
      const script = 'echo one; echo zwei ü >&2; head -c 40000 /dev/zero | tr "\\0" x; sleep 1; echo; printf end';
      const pod = await site.create({ containers: [shell(script)] });
      await site.until(pod, hasEnded);
      const all = await engineLogOf(pod, { timestamps: true });
      const later = /(\S+) end/.exec(all.toString())?.[1] ?? '';
      const choices: LogOptions[] = [
        ...[{}, { timestamps: true }, { tailLines: 0 }, { tailLines: 1 }, { tailLines: 4, timestamps: true }],
        ...[{ tailLines: 100 }, { sinceTime: later }, { sinceTime: later, tailLines: 1 }, { follow: true }],
      ];
      for (const options of choices) {
        expect(`${await logOf(pod, options)}`, JSON.stringify(options)).toBe(`${await engineLogOf(pod, options)}`);
      }
      expect(`${await logOf(pod, { sinceTime: later })}`).toBe('end');
    });
  },
);
