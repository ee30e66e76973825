import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { PodFolder } from '../folder/pod-folder.ts';
import { ImageCache } from '../image/image-cache.ts';
import { ImagePlanner } from '../image/image-planner.ts';
import { owner, requestOf } from '../testing/pods.ts';
import { slurmSite } from '../testing/slurm-site.ts';
import { PodPlanner } from './pod-planner.ts';
import { RuntimePlanner } from './runtime-planner.ts';

test('a script of the site’s is a file beside the job’s script, and no part of it', async () => {
  const root = await mkdtemp(join(tmpdir(), 'interlink-slurm-'));
  onTestFinished(async () => await rm(root, { recursive: true }));
  const site = slurmSite({ JobScriptBuilderURL: 'http://builder' });
  const text = 'export PASSWORD=secret-1';
  const runtimes = new RuntimePlanner(
    site,
    new ImagePlanner(new ImageCache(root), site.images),
    async () => new Response(text),
  );
  const cluster = { readIfThere: async () => undefined };
  const planner = new PodPlanner({ site, cluster, runtimes, spoolFolder: join(root, '.spool') });
  const request = requestOf({ spec: { restartPolicy: 'Always' } });
  const planned = await planner.plan(request, owner, new PodFolder(root, request.pod.metadata));
  expect(planned.files).toContainEqual({ path: 'script.sh', content: text, mode: 0o600 });
  expect(String(planned.script)).toContain('# --- runtime foreign');
  expect(String(planned.script)).not.toContain('secret-1');
  expect(planned.warnings).toMatchObject([
    { reason: 'FieldIgnored', message: expect.stringContaining('restarts of c0') },
  ]);
});
