import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PodRequest } from '@interlink/protocol';
import { loadInterLinkConfig } from '@interlink/service-kit';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { toSubmission } from '../packages/sidecar-slurm/src/request/to-submission.ts';
import { loadSlurmSite } from '../packages/sidecar-slurm/src/site/load-slurm-site.ts';
import { jobStates } from '../packages/sidecar-slurm/src/slurm/job-state.ts';
import { judgeState } from '../packages/sidecar-slurm/src/status/judge-state.ts';

const text = await readFile(new URL('../docs/slurm.md', import.meta.url), 'utf8');
const examples = [...text.matchAll(/^```yaml\n(.*?)^```/gms)].map(([, yaml = '']) => yaml);
const configurations = examples.filter((yaml) => !yaml.includes('kind: Pod'));
const pods = examples.filter((yaml) => yaml.includes('kind: Pod'));

async function siteOf(yaml: string) {
  const folder = await mkdtemp(join(tmpdir(), 'interlink-doc-'));
  try {
    const path = join(folder, 'InterLinkConfig.yaml');
    await writeFile(path, yaml);
    const { config } = await loadInterLinkConfig({ INTERLINKCONFIGPATH: path });
    return loadSlurmSite(config, { env: { HOME: '/home/alice' }, home: '/home/alice', uid: 1500, gid: 1500 });
  } finally {
    await rm(folder, { recursive: true });
  }
}

describe('docs/slurm.md', () => {
  test('has configurations and pods', () => {
    expect([configurations.length, pods.length]).toEqual([5, 1]);
  });

  test.each(configurations)('configures the sidecar by\n%s', async (yaml) => {
    await expect(siteOf(yaml)).resolves.toBeDefined();
  });

  test('shows what its pod is submitted as', async () => {
    const { metadata, spec } = parse(pods[0] ?? '') as PodRequest['pod'];
    const uid = '11111111-1111-4111-8111-111111111111';
    const pod = { metadata: { ...metadata, namespace: 'default', uid }, spec };
    const site = await siteOf('SidecarService: slurm');
    const { options } = toSubmission({ pod, volumes: [] }, { cluster: 'c', node: 'n' }, site);
    const [, shown = ''] = /^sbatch (.*) …$/m.exec(text) ?? [];
    expect(options.join(' ')).toContain(shown);
  });

  test('names every state that ends a pod, with its reason', () => {
    const table = text.slice(text.indexOf('### What `kubectl` shows'));
    for (const state of jobStates) {
      const verdict = judgeState(state);
      if (verdict.kind !== 'ended' || state === 'RECONFIG_FAIL') continue;
      const row = table.split('\n').find((line) => line.startsWith('|') && new RegExp(`\\b${state}\\b`).test(line));
      expect(row, state).toContain(`\`${verdict.ending.reason}\``);
      expect(row).toContain(String(verdict.ending.exitCode));
    }
  });
});
