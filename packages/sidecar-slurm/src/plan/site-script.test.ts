import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { requestOf } from '../testing/pods.ts';
import { readSiteScript } from './site-script.ts';

const builder = { url: 'https://builder.example/v1', config: { Volumes: { scratch_area: '/scratch' } } };
const withBuilder = { builder, templatePath: undefined };
const nobody: typeof fetch = async () => await Promise.reject(new Error('nobody asks'));

function answering(body: string, status = 200) {
  const asked: Array<{ url: string; init: RequestInit | undefined }> = [];
  const fetcher: typeof fetch = async (url, init) => {
    asked.push({ url: String(url), init });
    return new Response(body, { status });
  };
  return { asked, fetcher };
}

async function templateWith(text: string) {
  const folder = await mkdtemp(join(tmpdir(), 'interlink-template-'));
  onTestFinished(async () => await rm(folder, { recursive: true }));
  await writeFile(join(folder, 'job.sh'), text);
  return { builder: undefined, templatePath: join(folder, 'job.sh') };
}

describe('readSiteScript()', () => {
  test('has none where the site has none', async () => {
    const site = { builder: undefined, templatePath: undefined };
    expect(await readSiteScript(requestOf(), site, nobody)).toBeUndefined();
  });

  test('takes a template as it is', async () => {
    const text = '#!/bin/bash\necho "$POD_NAME" {{ .Pod }} $(date)\n';
    expect(await readSiteScript(requestOf(), await templateWith(text), nobody)).toBe(text);
  });

  test('tells of a template that can’t be read, and may be later', async () => {
    const site = { builder: undefined, templatePath: '/nonexistent/job.sh' };
    await expect(readSiteScript(requestOf(), site, nobody)).rejects.toMatchObject({
      ...{
        code: 'unavailable',
        reason: 'JobScriptUnavailable',
        message: expect.stringContaining('/nonexistent/job.sh'),
      },
    });
  });

  test.each([
    [' \n', 'The script of JobScriptTemplate is empty: a bash script is wanted'],
    ['a\0b', 'The script of JobScriptTemplate holds a NUL character: a bash script is wanted'],
  ])('refuses a script that is %j', async (text, message) => {
    await expect(readSiteScript(requestOf(), await templateWith(text), nobody)).rejects.toMatchObject({
      ...{ code: 'failed_precondition', reason: 'InvalidJobScript', message },
    });
  });

  test('asks a builder with the pod of protocol v1 and the administrator’s own settings', async () => {
    const { asked, fetcher } = answering('echo built');
    const request = requestOf({ container: { volumeMounts: [{ name: 'key', mountPath: '/key' }] } });
    const volumes = [{ name: 'key', files: [{ path: 'k', data: 'c2VjcmV0', mode: 0o644 }] }];
    const spec = { ...request.pod.spec, volumes: [{ name: 'key', secret: { secretName: 'login' } }] };
    const pod = { ...request.pod, spec };
    expect(await readSiteScript({ pod, volumes }, withBuilder, fetcher)).toBe('echo built');
    expect(asked).toMatchObject([{ url: 'https://builder.example/v1', init: { method: 'POST', redirect: 'manual' } }]);
    expect(JSON.parse(String(asked[0]?.init?.body))).toMatchObject({
      pod: { metadata: { name: 'p' } },
      container: [{ name: 'c0', secrets: [{ metadata: { name: 'login' }, data: { k: 'c2VjcmV0' } }] }],
      jobConfig: { Volumes: { scratch_area: '/scratch' } },
    });
  });

  test.each([
    [503, 'busy\nand more', 'unavailable', 'JobScriptUnavailable', 'it answered 503: busy'],
    [429, '', 'unavailable', 'JobScriptUnavailable', 'it answered 429'],
    [307, '', 'failed_precondition', 'JobScriptRefused', 'it answered 307'],
    [422, 'no such image', 'failed_precondition', 'JobScriptRefused', 'it answered 422: no such image'],
  ])('tells of a builder that answers %i', async (status, body, code, reason, said) => {
    const message = `Cannot get a script from JobScriptBuilderURL: ${said}`;
    await expect(readSiteScript(requestOf(), withBuilder, answering(body, status).fetcher)).rejects.toMatchObject({
      ...{ code, reason, message },
    });
  });

  test('tells of a builder that is not there', async () => {
    const fetcher: typeof fetch = async () => {
      throw new TypeError('fetch failed', { cause: Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }) });
    };
    await expect(readSiteScript(requestOf(), withBuilder, fetcher)).rejects.toMatchObject({
      ...{ code: 'unavailable', reason: 'JobScriptUnavailable' },
      message: 'Cannot get a script from JobScriptBuilderURL: refused',
    });
  });

  test('reads no more of an answer than a script can be', async () => {
    const { fetcher } = answering('#'.repeat(4 * 1024 * 1024 + 1));
    await expect(readSiteScript(requestOf(), withBuilder, fetcher)).rejects.toMatchObject({
      ...{ code: 'failed_precondition', message: 'The script of JobScriptBuilderURL is longer than 4194304 bytes' },
    });
  });
});
