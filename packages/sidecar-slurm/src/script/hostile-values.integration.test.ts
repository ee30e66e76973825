import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { PlannedContainer } from './job-plan.ts';
import { JobRun, type JobRunOptions } from './testing/job-run.ts';
import { plannedContainer } from './testing/plans.ts';

/** Says what it was given: its words to one file, its environment to another, all NUL-terminated. */
const teller = `
  my $to = $ENV{INTERLINK_VOLUME_OUT};
  open F, ">", "$to/$ENV{ME}.words"; print F "$_\\0" for @ARGV; close F;
  open F, ">", "$to/$ENV{ME}.env"; print F "$_=$ENV{$_}\\0" for keys %ENV; close F;
`;
const out = {
  volume: 'out',
  source: { in: 'pod-folder', path: 'volumes/out' },
  target: '/out',
  readOnly: false,
} as const;
const everyByte = String.fromCharCode(...Array.from({ length: 127 }, (_, index) => index + 1));
const special = [
  "'",
  '"',
  '\\',
  '$',
  '`',
  '\n',
  '\t',
  ' ',
  '!',
  '(',
  ')',
  '{',
  ';',
  '&',
  '|',
  '*',
  '~',
  '%',
  '#',
  '\u0001',
  '\r',
];
const evil = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 200 }).map((text) => text.replaceAll('\0', '')),
  fc.string({ unit: fc.constantFrom(...special), maxLength: 60 }),
  fc.constantFrom('$(touch ran)', '`touch ran`', "'; touch ran; '", '-n', '--', '%s%n', everyByte, 'ä€🙂', '\n\n', ''),
);

interface Values {
  readonly words: ReadonlyArray<string>;
  readonly value: string;
  readonly other: string;
}

const values: fc.Arbitrary<Values> = fc.record({ words: fc.array(evil, { maxLength: 4 }), value: evil, other: evil });

function hostile(name: string, { words, value, other }: Values, names: ReadonlyArray<string>): PlannedContainer {
  return plannedContainer(name, {
    ...{ image: other, workingDir: `/${other}`, terminationMessagePath: `/${other}`, mounts: [out] },
    command: ['perl', '-e', teller, '--'],
    args: words,
    env: [{ name: 'ME', value: name }, ...names.map((name) => ({ name, value }))],
    probes: {
      livenessProbe: { exec: { command: ['true', other] } },
      readinessProbe: {
        httpGet: { port: 1, path: other, host: '127.0.0.1', httpHeaders: [{ name: 'X', value: other }] },
      },
    },
    hooks: { postStart: { exec: { command: ['true', other] } } },
  });
}

async function runHostile(all: ReadonlyArray<Values>, names: ReadonlyArray<string>, options: JobRunOptions = {}) {
  const containers = all.map((each, index) => hostile(`c${index}`, each, names));
  await using job = await JobRun.start({ containers }, options);
  await job.write('volumes/out/.keep', '');
  expect(await job.ended()).toBe(0);
  for (const [index, { words, value }] of all.entries()) {
    const read = async (file: string) =>
      (await readFile(join(job.plan.podFolder, `volumes/out/c${index}.${file}`), 'utf8')).split('\0').slice(0, -1);
    expect(await read('words')).toEqual(words);
    const env = await read('env');
    for (const name of names) expect(env).toContain(`${name}=${value}`);
    expect(env.filter((pair) => /^(LEAKED|SLURM|INTERLINK_BACK_OFF|TZ|OLDPWD)/.test(pair))).toEqual([]);
  }
  for (const place of [job.root, job.plan.podFolder, process.cwd(), '/']) {
    await expect(access(join(place, 'ran'))).rejects.toThrow('ENOENT');
  }
}

test('no value of a pod is executed or changed, wherever it stands', async () => {
  const names = ['A', 'with.dots-and blanks', 'z$(touch ran)', "q'"];
  await fc.assert(
    fc.asyncProperty(fc.array(values, { minLength: 4, maxLength: 4 }), async (all) => await runHostile(all, names)),
    { numRuns: 10, endOnFailure: true },
  );
});

test('words and values of nearly 128 KiB, the most that the kernel takes, come through whole', async () => {
  const long = 'x\n$(touch ran)'.repeat(10_000).slice(0, 130_000);
  await runHostile([{ words: [long, long], value: long, other: '' }], ['LONG']);
});

test('on a node without perl, names that are none of a shell’s are left out and the rest is the same', async () => {
  const all = [{ words: ['a b', '$(touch ran)', everyByte, ''], value: everyByte, other: '`touch ran`' }];
  await runHostile(all, ['A', '_b'], { withoutPerl: true });
});
