import { afterEach, expect, test, vi } from 'vitest';
import { logLevelOf, parseFlags } from './vk.ts';

afterEach(() => void vi.restoreAllMocks());

test('parseFlags() reads every flag', () => {
  const flags = [
    ...['--nodename', 'virtual-1', '--provider', 'knoc', '--provider-config', '/p', '--kubeconfig', '/k'],
    ...['--startup-timeout', '10s', '--log-level', 'debug', '--port', '10251', '--pod-sync-workers', '8'],
    ...['--full-resync-period', '1m', '--cluster-domain', 'cluster.local'],
    ...['--stream-idle-timeout', '30m', '--stream-creation-timeout', '5s'],
    ...['--disable-taint', '--os', 'Linux', '--metrics-addr', ':10255', '--klog.v', '2', '--klog.logtostderr'],
  ];
  expect(parseFlags(flags)).toMatchObject({
    nodename: 'virtual-1',
    providerConfig: '/p',
    kubeconfig: '/k',
    startupTimeout: 10_000,
    fullResyncPeriod: 60_000,
    clusterDomain: 'cluster.local',
    'klog.v': 2,
    streamIdleTimeout: 1_800_000,
    streamCreationTimeout: 5_000,
    logLevel: 'debug',
    port: 10251,
    podSyncWorkers: 8,
    disableTaint: true,
    os: 'Linux',
    metricsAddr: ':10255',
  });
});

test('parseFlags() leaves what is not said to environment and defaults', () => {
  const flags = parseFlags([]);
  expect(flags).toMatchObject({ provider: 'interlink' });
  for (const name of ['nodename', 'startupTimeout', 'logLevel', 'port', 'disableTaint', 'metricsAddr'])
    expect(flags).not.toHaveProperty(name);
});

test.each([
  ['10s', 10_000],
  ['500ms', 500],
  ['1m30s', 90_000],
  ['1.5h', 5_400_000],
  ['2m', 120_000],
])('parseFlags() reads the duration %s as %d ms', (text, ms) => {
  expect(parseFlags(['--startup-timeout', text])?.startupTimeout).toBe(ms);
});

test.each([
  [['--startup-timeout', '10'], /10.*a duration is wanted, such as 10s or 1m30s/],
  [['--startup-timeout', ''], /a duration is wanted/],
  [['--startup-timeout', '10s later'], /a duration is wanted/],
  [['--startup-timeout', '-1s'], /a duration is wanted|argument missing/],
  [['--port', 'http'], /http.*a whole number is wanted/],
  [['--port', '-1'], /a whole number is wanted|argument missing/],
  [['--pod-sync-workers', '1.5'], /a whole number is wanted/],
  [['--provider', 'azure'], /azure.*knoc, interlink/],
  [['--klog.v', 'much'], /a whole number is wanted/],
  [['--full-resync-period', '1'], /a duration is wanted/],
  [['--log-level', 'loud'], /loud.*debug/],
  [['--nodename'], /argument missing/],
  [['--nodname', 'x'], /unknown option '--nodname'/],
  [['virtual-1'], /too many arguments/],
])('parseFlags() refuses %j', (args, message) => {
  let thrown: unknown;
  try {
    parseFlags(args);
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toMatchObject({ code: 'invalid_argument', message: expect.stringMatching(message) });
});

test.each([
  [[], undefined],
  [['--klog.v', '3'], undefined],
  [['--klog.v', '4'], 'debug'],
  [['--klog.v=9'], 'trace'],
  [['--klog.v', '9', '--log-level', 'warn'], 'warn'],
])('logLevelOf() %j is %s', (args, level) => {
  const flags = parseFlags(args);
  expect(flags && logLevelOf(flags)).toBe(level);
});

test('parseFlags() of --help shows every flag but klog’s, and asks for no run', () => {
  const written: string[] = [];
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => written.push(String(text)) > 0);
  expect(parseFlags(['--help'])).toBeUndefined();
  const help = written.join('');
  for (const flag of ['nodename', 'provider-config', 'startup-timeout', 'port', 'disable-taint'])
    expect(help).toContain(`--${flag}`);
  expect(help).not.toContain('klog');
});
