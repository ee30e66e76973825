import { join } from 'node:path';
import { expect, test } from 'vitest';
import { renderJson } from './report/json.ts';
import { renderText } from './report/text.ts';
import { runDoctor } from './run-doctor.ts';
import { serveOnLoopback } from './testing/loopback-server.ts';
import { scratchFolder } from './testing/run-check.ts';

test('runDoctor() shows no secret, though a peer repeats what it was shown and drives the terminal', async () => {
  const { port } = await serveOnLoopback((_path, _body, { headers }) => ({
    status: 403,
    body: `\u001b[2Jno ${headers.authorization} here`,
  }));
  const folder = await scratchFolder({ token: 'hunter2-of-the-account' });
  const config = {
    ...{ InterlinkURL: `http://127.0.0.1:${port}`, SidecarPort: port, Auth: { TokenFile: join(folder, 'token') } },
    ...{ SidecarService: 'mock' },
  };
  const files = await scratchFolder({ 'config.yaml': JSON.stringify(config) });
  const env = { HOME: files, INTERLINKCONFIGPATH: join(files, 'config.yaml') };
  const report = await runDoctor({ env, side: 'site' }, new AbortController().signal);
  for (const text of [renderText(report), renderJson(report)]) {
    expect(text).toContain('no Bearer … here');
    expect(text).not.toContain('hunter2');
    expect(text).not.toContain('\u001b');
  }
  expect(renderText(report)).toMatch(/\n {2}PROBLEM {2}interlink {11}\S.*\n {31}why: .*\n {31}fix: .*Policy\.Grants/);
  expect(JSON.parse(renderJson(report))).toMatchObject({
    ...{ sides: ['site'], configuration: env.INTERLINKCONFIGPATH, problems: 2 },
    checks: expect.arrayContaining([
      { name: 'sidecars', durationMs: expect.any(Number), findings: [expect.anything()] },
    ]),
  });
});

test('runDoctor() names the file that does not load', async () => {
  const files = await scratchFolder({ 'config.yaml': 'InterlinkPort: many' });
  const env = { HOME: files, INTERLINKCONFIGPATH: join(files, 'config.yaml') };
  const report = await runDoctor({ env, side: 'site' }, new AbortController().signal);
  expect(renderText(report).split('\n')[0]).toBe(
    `Looked from the site side; configuration: ${env.INTERLINKCONFIGPATH}`,
  );
});
