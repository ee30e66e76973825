import { X509Certificate } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KubeStatusError } from '@interlink/kube';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { CertificateStore } from './certificate-store.ts';
import { RequestedCertificate, type RequestedCertificateOptions } from './requested-certificate.ts';
import { createSelfSignedCertificate } from './self-signed-certificate.ts';
import { LocalSigning } from './testing/local-signing.ts';
import { keepLogLines } from './testing/log-lines.ts';
import { SleepingClock } from './testing/sleeping-clock.ts';

const dayMs = 86_400_000;
const minuteMs = 60_000;

describe('RequestedCertificate', () => {
  it('shows the fallback until its request is approved, and says how that is done', async () => {
    const { certificate, signing, clock, told, lines, fallback } = await start();
    await vi.waitFor(() => expect(signing.requests.size).toBe(1));
    expect(await certificate.current()).toBe(fallback);
    expect(told).toEqual([
      'Warning ServingCertificatePending: The serving certificate of the kubelet port waits for approval: kubectl certificate approve request-1',
    ]);
    await signing.approve('request-1', { notBefore: clock.date(), notAfter: clock.date(365 * dayMs) });
    await clock.asleep();
    const pair = await certificate.current();
    expect(pair).not.toBe(fallback);
    const x509 = new X509Certificate(pair.cert);
    expect(x509.verify(new X509Certificate(signing.ca.certificate).publicKey)).toBe(true);
    expect(x509.checkIP('10.0.0.1')).toBe('10.0.0.1');
    expect(await certificate.current()).toBe(pair);
    expect(lines).toEqual([expect.stringContaining('until its request'), 'serving certificate issued']);
  });

  it('renews with a new key when 70 to 90 % of its time are over, and shows the old one until then', async () => {
    const { certificate, signing, clock, told, random } = await start();
    random.value = 0.5;
    await signing.approve(await requestOf(signing, 1), { notBefore: clock.date(), notAfter: clock.date(100 * dayMs) });
    await clock.asleep();
    const first = await certificate.current();
    await clock.advance(79 * dayMs);
    expect(signing.requests.size).toBe(1);
    await clock.advance(1.1 * dayMs);
    const second = await requestOf(signing, 2);
    expect(await certificate.current()).toBe(first);
    expect(told.at(-1)).toMatch(/^Normal ServingCertificatePending/);
    await signing.approve(second, { notBefore: clock.date(), notAfter: clock.date(100 * dayMs) });
    await vi.waitFor(async () => expect(await certificate.current()).not.toBe(first));
    expect((await certificate.current()).key).not.toBe(first.key);
  });

  it('does not take the five minutes that signers backdate for time that is over', async () => {
    const { signing, clock } = await start();
    const time = { notBefore: clock.date(-5 * minuteMs), notAfter: clock.date(10 * minuteMs) };
    await signing.approve(await requestOf(signing, 1), time);
    await clock.asleep();
    await clock.advance(6.9 * minuteMs);
    expect(signing.requests.size).toBe(1);
    await clock.advance(0.2 * minuteMs);
    await requestOf(signing, 2);
  });

  it.each([
    ['denied', { kind: 'refused', why: 'Denied: no such node' }],
    ['deleted', { kind: 'gone' }],
    ['answered with rubbish', { kind: 'issued', certificate: 'rubbish' }],
  ] as const)('asks again, with another key and not soon, when its request was %s', async (_, decision) => {
    const { signing, clock, told, certificate, fallback } = await start();
    signing.decide(await requestOf(signing, 1), decision);
    await clock.asleep();
    expect(told.at(-1)).toMatch(/^Warning ServingCertificateRefused: .* in 15 minutes$/);
    await clock.advance(14 * minuteMs);
    expect(signing.requests.size).toBe(1);
    await clock.advance(1.1 * minuteMs);
    signing.decide(await requestOf(signing, 2), decision);
    await clock.asleep();
    expect(told.at(-1)).toContain('in 30 minutes');
    expect(await certificate.current()).toBe(fallback);
    expect(new Set(signing.requests.values()).size).toBe(2);
  });

  it('says once that it may not ask, and goes on when it may', async () => {
    const forbidden = new KubeStatusError('POST', 403, { message: 'forbidden' });
    const { signing, clock, lines } = await start({ refuse: forbidden });
    await clock.asleep();
    await clock.advance(16 * minuteMs);
    expect(lines.filter((line) => line.includes('DisableCSR'))).toHaveLength(1);
    signing.refuse = undefined;
    await clock.advance(16 * minuteMs);
    await requestOf(signing, 1);
    expect(lines).toContain('a serving certificate can be asked for again');
  });

  it('tries soon again when the API is out of reach', async () => {
    const { signing, clock } = await start({ refuse: new Error('connection refused') });
    await clock.asleep();
    signing.refuse = undefined;
    await clock.advance(2_000);
    await requestOf(signing, 1);
  });
});

describe('RequestedCertificate over a restart', () => {
  it('shows what was issued before, and asks nobody', async () => {
    const first = await start();
    await first.signing.approve(await requestOf(first.signing, 1), yearFrom(first.clock));
    await first.clock.asleep();
    const second = await start({ directory: first.directory });
    expect(await second.certificate.current()).toEqual(await first.certificate.current());
    await second.clock.asleep();
    expect(second.signing.requests.size).toBe(0);
    const modes = await Promise.all(
      ['', ...(await readdir(first.directory))].map((name) => stat(join(first.directory, name))),
    );
    expect(modes.map(({ mode }) => (mode & 0o777).toString(8))).toEqual(['700', '600']);
  });

  it('waits for the request that waits already', async () => {
    const first = await start();
    await requestOf(first.signing, 1);
    first.stop();
    const second = await start({ directory: first.directory, signing: first.signing });
    await vi.waitFor(() => expect(second.told).toHaveLength(1));
    expect(first.signing.requests.size).toBe(1);
    await first.signing.approve('request-1', yearFrom(second.clock));
    await vi.waitFor(async () => expect(await second.certificate.current()).not.toBe(second.fallback));
  });

  it('asks anew when the address has changed, the time is over, or the file is spoilt', async () => {
    const { directory, signing, clock, stop } = await start();
    await signing.approve(await requestOf(signing, 1), yearFrom(clock));
    await clock.asleep();
    stop();
    const moved = await start({ directory, addresses: ['10.0.0.2'] });
    await requestOf(moved.signing, 1);
    expect(await moved.certificate.current()).toBe(moved.fallback);
    moved.stop();
    const late = await start({ directory, startedAfterMs: 366 * dayMs });
    await requestOf(late.signing, 1);
    late.stop();
    await writeFile(join(directory, 'kubelet-server-current.pem'), 'rubbish');
    const spoilt = await start({ directory });
    await requestOf(spoilt.signing, 1);
  });

  it('does without a folder that it may not write, and says so', async () => {
    const file = join(await temporaryDirectory(), 'file');
    await writeFile(file, '');
    const { signing, clock, lines, certificate, fallback } = await start({ directory: join(file, 'below') });
    await signing.approve(await requestOf(signing, 1), yearFrom(clock));
    await clock.asleep();
    expect(await certificate.current()).not.toBe(fallback);
    expect(lines).toContainEqual(expect.stringContaining('cannot keep the serving certificate'));
    expect(await readFile(file, 'utf8')).toBe('');
  });
});

interface Start extends Partial<Pick<RequestedCertificateOptions, 'addresses'>> {
  refuse?: Error;
  directory?: string;
  signing?: LocalSigning;
  startedAfterMs?: number;
}

/** One that runs until the test ends or `stop` is called. */
async function start(options: Start = {}) {
  const directory = options.directory ?? join(await temporaryDirectory(), 'state');
  const signing = options.signing ?? (await LocalSigning.create());
  signing.refuse = options.refuse;
  const clock = new SleepingClock(Date.parse('2030-01-01') + (options.startedAfterMs ?? 0));
  const random = { value: 0 };
  const { logger, lines } = keepLogLines();
  const fallback = await createSelfSignedCertificate(['n'], clock.nowMs());
  const told: string[] = [];
  const certificate = await RequestedCertificate.load({
    nodeName: 'n',
    addresses: options.addresses ?? ['10.0.0.1'],
    signing,
    store: new CertificateStore(directory, logger),
    fallback: { current: async () => fallback },
    tell: (type, reason, message) => told.push(`${type} ${reason}: ${message}`),
    logger,
    clock: { nowMs: clock.nowMs, sleep: clock.sleep, random: () => random.value },
  });
  const ended = new AbortController();
  const running = certificate.run(ended.signal);
  onTestFinished(async () => {
    ended.abort();
    await running;
  });
  return { certificate, signing, clock, told, lines, fallback, directory, random, stop: () => ended.abort() };
}

async function requestOf(signing: LocalSigning, count: number): Promise<string> {
  await vi.waitFor(() => expect(signing.requests.size).toBe(count), { timeout: 10_000 });
  return `request-${count}`;
}

function yearFrom(clock: SleepingClock): { notBefore: Date; notAfter: Date } {
  return { notBefore: clock.date(), notAfter: clock.date(365 * dayMs) };
}

async function temporaryDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'requested-certificate-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  return directory;
}
