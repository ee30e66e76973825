import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { CertificateAuthority } from '../../../../test/testbed/certificate-authority.ts';
import { loadClientCa } from './client-ca.ts';
import { keepLogLines } from './testing/log-lines.ts';
import { ManualClock } from './testing/manual-clock.ts';

const [first, second] = await Promise.all([CertificateAuthority.create(), CertificateAuthority.create()]);

describe('loadClientCa() of the published CA', () => {
  async function setUp(answer: () => Promise<string | undefined>) {
    const clock = new ManualClock();
    const { logger, lines } = keepLogLines();
    const published = { answer, reads: 0 };
    const readPublished = () => {
      published.reads += 1;
      return published.answer();
    };
    const ca = await loadClientCa({ readPublished, logger, nowMs: clock.nowMs });
    return { ca, clock, lines, published };
  }

  it('knows none while nothing is published, warns once, and finds it within 10 s', async () => {
    const { ca, clock, lines, published } = await setUp(async () => undefined);
    for (let i = 0; i < 3; i += 1) {
      expect(await ca.current()).toBeUndefined();
      clock.advance(10_000);
    }
    expect(lines).toEqual([expect.stringContaining('APISERVER_CA_CERT_LOCATION')]);
    published.answer = async () => first.certificate;
    expect(await ca.current()).toBe(first.certificate);
    expect(lines).toHaveLength(2);
  });

  it('reads again after a minute, and keeps what it has while the API cannot be asked', async () => {
    const { ca, clock, lines, published } = await setUp(async () => first.certificate);
    await ca.current();
    clock.advance(59_999);
    await ca.current();
    expect(published.reads).toBe(1);
    published.answer = () => Promise.reject(new Error('no route'));
    clock.advance(1);
    expect(await ca.current()).toBe(first.certificate);
    published.answer = async () => second.certificate;
    clock.advance(60_000);
    expect(await ca.current()).toBe(second.certificate);
    published.answer = async () => '';
    clock.advance(60_000);
    expect(await ca.current()).toBeUndefined();
    expect(lines).toHaveLength(1);
  });

  it('does not take anything but certificates', async () => {
    const { ca } = await setUp(async () => 'not a certificate');
    expect(await ca.current()).toBeUndefined();
  });
});

describe('loadClientCa() of a file', () => {
  it('follows the file, and stays with the last good one', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'client-ca-'));
    onTestFinished(() => rm(directory, { recursive: true }));
    const file = join(directory, 'ca.crt');
    const { logger, lines } = keepLogLines();
    const load = () => loadClientCa({ file, readPublished: () => Promise.reject(new Error('not asked')), logger });
    await expect(load()).rejects.toMatchObject({ code: 'invalid_argument', message: expect.stringContaining(file) });
    await writeFile(file, first.certificate + second.certificate);
    const ca = await load();
    await writeFile(file, second.certificate);
    expect(await ca.current()).toBe(second.certificate);
    await writeFile(file, 'half');
    expect(await ca.current()).toBe(second.certificate);
    await rm(file);
    expect(await ca.current()).toBe(second.certificate);
    expect(lines[0]).toBe('client CA reloaded');
    expect(lines[1]).toContain('stays in use');
  });
});
