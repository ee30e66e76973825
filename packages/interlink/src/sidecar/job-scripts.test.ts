import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { JobScripts, type V1PodRequest } from './job-scripts.ts';

const none = { JobScriptBuilderURL: undefined, JobScriptTemplate: undefined, JobScriptBuildConfig: undefined };
const config = { Volumes: { scratch_area: '/scratch' } };

function requestOf(jobscriptURL?: string): V1PodRequest {
  const metadata = { uid: '11111111-1111-4111-8111-000000000001', namespace: 'ns', name: 'p' };
  return { pod: { metadata, spec: { containers: [{ name: 'c', image: 'i' }] } }, volumes: [], jobscriptURL };
}

function start(keys: Partial<Record<keyof typeof none, unknown>>) {
  const asked: Array<{ url: string; body: unknown }> = [];
  const fetcher: typeof fetch = async (url, init) => {
    asked.push({ url: String(url), body: JSON.parse(String(init?.body)) });
    return new Response('echo built');
  };
  return { asked, scripts: new JobScripts({ ...none, ...keys } as typeof none, fetcher) };
}

describe('JobScripts', () => {
  test('has nothing where nothing is configured', async () => {
    expect(await start({}).scripts.of(requestOf())).toEqual({});
    expect(await start({}).scripts.of(requestOf(''))).toEqual({});
  });

  test('asks an allowed builder with the pod and the administrator’s settings, and hands these on', async () => {
    const { asked, scripts } = start({ JobScriptBuilderURL: 'https://b.example/v1', JobScriptBuildConfig: config });
    const script = await scripts.of(requestOf('https://b.example/v1'));
    expect(script).toEqual({ jobScript: 'echo built', jobConfig: config });
    expect(asked).toMatchObject([
      {
        url: 'https://b.example/v1',
        body: { pod: { metadata: { name: 'p' } }, container: [{ name: 'c' }], jobConfig: config },
      },
    ]);
    expect(JSON.stringify(asked)).not.toContain('jobscriptURL');
  });

  test('takes the template where no builder is named', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'interlink-template-'));
    onTestFinished(async () => await rm(folder, { recursive: true }));
    await writeFile(join(folder, 'job.sh'), '#!/bin/bash\n');
    const { asked, scripts } = start({ JobScriptTemplate: join(folder, 'job.sh'), JobScriptBuilderURL: 'http://b/' });
    expect(await scripts.of(requestOf())).toEqual({ jobScript: '#!/bin/bash\n' });
    expect(asked).toEqual([]);
  });

  const list = 'https://b.example/v1, http://c.example:8080/build/*';
  test.each([
    ['https://b.example/v1', true],
    ['http://c.example:8080/build/any?x=1', true],
    ['https://b.example/v1/more', false],
    ['https://b.example/v1?x=1', false],
    ['http://b.example/v1', false],
    ['http://c.example:8080/build/../admin', false],
    ['http://c.example:8080/build/%2e%2e/admin', false],
    ['http://c.example/build/any', false],
    ['http://u:p@c.example:8080/build/any', false],
    ['http://169.254.169.254/latest/meta-data', false],
    ['file:///etc/passwd', false],
    ['no url', false],
  ])(`with the list ${list}, allows %s: %s`, async (url, isAllowed) => {
    const { asked, scripts } = start({ JobScriptBuilderURL: list });
    const answer = scripts.of(requestOf(url));
    if (isAllowed) await expect(answer).resolves.toMatchObject({ jobScript: 'echo built' });
    else {
      await expect(answer).rejects.toMatchObject({
        ...{ code: 'failed_precondition', reason: 'JobScriptRefused', message: expect.stringContaining(url) },
      });
    }
    expect(asked).toHaveLength(isAllowed ? 1 : 0);
  });

  test.each([
    'http://b.example*',
    'https://*/x',
    'ftp://b.example/x',
    'b.example',
    'http://u:p@b.example/x',
    'http://b/*/x',
  ])('refuses a list with %s', (text) => {
    expect(() => start({ JobScriptBuilderURL: text })).toThrow(`JobScriptBuilderURL has ${JSON.stringify(text)}`);
  });

  test('takes one URL without a path, as the Slurm sidecar does', async () => {
    const { scripts } = start({ JobScriptBuilderURL: 'http://builder' });
    await expect(scripts.of(requestOf('http://builder/'))).resolves.toMatchObject({ jobScript: 'echo built' });
  });
});
