import { createHash } from 'node:crypto';
import { mkdir, mkdtempDisposable, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { JobRun } from './testing/job-run.ts';
import { plannedContainer, shellContainer } from './testing/plans.ts';

const sha = (bytes: Buffer | string) => createHash('sha256').update(bytes).digest('hex');
const writers: Array<[name: string, options: { withoutPerl?: boolean }]> = [
  ['by perl', {}],
  ['by bash alone', { withoutPerl: true }],
];

describe.concurrent.each(writers)('the log of a container, written %s,', (_, options) => {
  test('has every line of many, the last ones too', async () => {
    await using job = await JobRun.start({ containers: [shellContainer('main', 'seq 1 20000')] }, options);
    expect(await job.ended()).toBe(0);
    const wanted = Array.from({ length: 20_000 }, (_, index) => `${index + 1}\n`).join('');
    expect(sha(await job.log('main'))).toBe(sha(wanted));
  });

  test('has long lines, empty lines and what has no newline as they were', async () => {
    const text =
      'printf "\\n\\n"; head -c 16384 /dev/zero | tr "\\0" a; echo; head -c 50000 /dev/zero | tr "\\0" b; printf "\\n\\nend"';
    await using job = await JobRun.start({ containers: [shellContainer('main', text)] }, options);
    await job.ended();
    const wanted = `\n\n${'a'.repeat(16_384)}\n${'b'.repeat(50_000)}\n\nend`;
    expect(await job.text('main')).toBe(wanted);
  });

  test('is complete when the container is killed in the middle of a line', async () => {
    const containers = [shellContainer('main', 'echo first; printf second; kill -KILL $$')];
    await using job = await JobRun.start({ containers }, options);
    expect(await job.ended()).toBe(137);
    expect(await job.text('main')).toBe('first\nsecond');
  });

  test('is in the CRI’s format, with times that go on', async () => {
    await using job = await JobRun.start(
      { containers: [shellContainer('main', 'for i in 1 2 3; do echo $i; done')] },
      options,
    );
    await job.ended();
    const lines = (await readFile(join(job.plan.podFolder, 'containers/main/0/log'), 'utf8')).split('\n').slice(0, -1);
    for (const line of lines) expect(line).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z stdout F \d$/);
    expect(lines).toEqual(lines.toSorted());
  });
});

describe.concurrent('the log of a container, written by perl,', () => {
  test('is binary safe, and 1e5 lines are exact', async () => {
    const bytes = 'for my $i (1..100000) { print $i, chr($i % 256), "\\0\\r\\xff\\n" } print "\\0" x 70000';
    await using job = await JobRun.start({
      containers: [plannedContainer('main', { command: ['perl', '-e', bytes] })],
    });
    await job.ended();
    const wanted = Buffer.concat([
      ...Array.from({ length: 100_000 }, (_, index) => {
        const number = index + 1;
        return Buffer.concat([Buffer.from(String(number)), Buffer.of(number % 256, 0, 0x0d, 0xff, 0x0a)]);
      }),
      Buffer.alloc(70_000),
    ]);
    expect(sha(await job.log('main'))).toBe(sha(wanted));
  });

  test('knows the exit code of what ends at once, however long perl takes to begin', async () => {
    await using folder = await mkdtempDisposable(join(tmpdir(), 'interlink-slow-perl-'));
    // As bash does, it waits for whatever child ends meanwhile.
    const slow = `#!/bin/bash\n[[ $1 == *log-writer* ]] && sleep 0.5\nPATH=${process.env.PATH} exec perl "$@"\n`;
    await writeFile(join(folder.path, 'perl'), slow, { mode: 0o755 });
    const env = { PATH: `${folder.path}:${process.env.PATH}` };
    await using job = await JobRun.start({ containers: [shellContainer('main', 'exit 3')] }, { env });
    expect(await job.ended()).toBe(3);
    expect(await job.state('main')).toMatchObject({ state: 'terminated', reason: 'Error', exit_code: '3' });
  });

  test('tells stdout from stderr', async () => {
    await using job = await JobRun.start({ containers: [shellContainer('main', 'echo out; sleep 0.2; echo err >&2')] });
    await job.ended();
    const lines = (await job.read('containers/main/0/log')).split('\n').slice(0, -1);
    expect(lines.map((line) => line.split(' ').slice(1).join(' '))).toEqual(['stdout F out', 'stderr F err']);
  });
});

test('without Time::HiRes times are the kernel’s hundredths of a second, and nothing ends before it begins', async () => {
  await using library = await mkdtempDisposable(join(tmpdir(), 'interlink-perl-'));
  await mkdir(join(library.path, 'Time'));
  await writeFile(join(library.path, 'Time/HiRes.pm'), 'die "not there";');
  await using job = await JobRun.start(
    { containers: [shellContainer('main', 'for i in 1 2 3; do echo $i; sleep 0.1; done')] },
    { env: { PERL5LIB: library.path } },
  );
  expect(await job.ended()).toBe(0);
  const { started_at = '', finished_at = '' } = await job.state('main');
  expect(Date.parse(finished_at) - Date.parse(started_at)).toBeGreaterThanOrEqual(250);
  const times = (await job.read('containers/main/0/log'))
    .split('\n')
    .slice(0, -1)
    .map((line) => line.split(' ')[0]);
  expect(new Set(times).size).toBe(3);
});
