import { expect, test } from 'vitest';
import { inLines, runCheck } from '../testing/run-check.ts';
import { configuration } from './configuration.ts';

test('configuration is ok with a file that loads, and names the virtual nodes', async () => {
  const config = { InterlinkURL: 'http://127.0.0.1', VirtualNodes: [{ Name: 'one' }, { Name: 'two' }] };
  const findings = await runCheck(configuration, { side: 'cluster', config });
  expect(inLines(findings)).toEqual([
    expect.stringMatching(/^ok: .*InterLinkConfig\.yaml loads$/),
    'ok: virtual nodes: one, two',
  ]);
});

test.each([
  ['a key that is not known', 'site', { InterlinkPrt: 3000 }, /Unknown key InterlinkPrt .* did you mean InterlinkPort/],
  ['an address that is none', 'site', { InterlinkURL: 'ftp://host' }, /InterlinkURL is "ftp:\/\/host"/],
  ['a wrong node', 'cluster', { VirtualNodes: [{ Name: 'Not_A_Name' }] }, /VirtualNodes\[0\]\.Name is "Not_A_Name"/],
  [
    'what the Slurm sidecar refuses',
    'site',
    { SidecarService: 'slurm', BashPath: 'bash' },
    /BashPath is "bash": an absolute path/,
  ],
] as const)('configuration fails with %s, in the words of the process', async (_case, side, config, message) => {
  const [finding, ...more] = await runCheck(configuration, { side, config });
  expect(more).toEqual([]);
  expect(finding).toMatchObject({ outcome: 'problem', what: expect.stringMatching(message) });
});

test('configuration warns of a key without effect', async () => {
  const findings = await runCheck(configuration, { side: 'site', config: { VerboseLogging: true } });
  expect(inLines(findings)[1]).toMatch(/^warning: VerboseLogging .* use LogLevel: debug$/);
});

test('configuration fails when a named file is missing, and other checks say that they could not look', async () => {
  const env = { INTERLINKCONFIGPATH: '/nowhere/InterLinkConfig.yaml' };
  const [finding] = await runCheck(configuration, { side: 'site', env });
  expect(finding).toMatchObject({ outcome: 'problem', what: expect.stringContaining('/nowhere/InterLinkConfig.yaml') });
  const { interLink } = await import('./interlink.ts');
  expect(inLines(await runCheck(interLink, { side: 'site', env }))).toEqual([
    'skipped: the configuration can’t be used: see "configuration"',
  ]);
});
