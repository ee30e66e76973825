import { splitWords } from '@interlink/sidecar-sdk';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { commonFlags, refuseFlags } from './allowed-flags.ts';
import { parseFlags, renderFlags } from './parse-flags.ts';
import { findOption, sbatchOptions } from './sbatch-options.ts';

const parse = (text: string) => parseFlags(splitWords(text) ?? []);

describe('parseFlags()', () => {
  test.each([
    ['-p gpu', ['--partition=gpu']],
    ['-pgpu', ['--partition=gpu']],
    ['--partition gpu', ['--partition=gpu']],
    ['--partition=gpu', ['--partition=gpu']],
    [
      '-t 2800 --ntasks=8 --nodes=1 --mem-per-cpu=2000',
      ['--time=2800', '--ntasks=8', '--nodes=1', '--mem-per-cpu=2000'],
    ],
    ['-HO -N2', ['--hold', '--overcommit', '--nodes=2']],
    ['-Hp gpu', ['--hold', '--partition=gpu']],
    ['--exclusive --nice --nice=-5', ['--exclusive', '--nice=-5']],
    ['--exclusive=user', ['--exclusive=user']],
    ['-p a -p b', ['--partition=b']],
    [`--constraint='a&b|c' --licenses "x y"`, ['--constraint=a&b|c', '--licenses=x y']],
    ['', []],
  ])('reads %s', (text, options) => {
    const { flags, problems } = parse(text);
    expect(renderFlags(flags)).toEqual(options);
    expect(problems).toEqual([]);
  });

  test.each([
    ['--part=gpu', /^--part is no option of sbatch: did you mean --partition\?$/],
    ['--partitoin=gpu', /did you mean --partition\?/],
    ['gpu', /^gpu is no option of sbatch$/],
    ['--exclusive user', /^user is no option of sbatch$/],
    ['--', /^-- is no option/],
    ['-', /^- is no option/],
    ['-z', /^-z is no option/],
    [': -p gpu', /^: is no option/],
    ['--hold=1', /^--hold has no value$/],
    ['--partition', /^--partition: a value is wanted$/],
    ['--partition=', /^--partition: a value is wanted$/],
    ['-p=gpu', /^--partition: "=gpu" begins with "="$/],
    ['--partition --wrap=id', /^--partition: "--wrap=id" begins with "-"$/],
    ['--nodelist=/etc/passwd', /^--nodelist: .* would be the name of a file/],
    ['--gres=help', /^--gres: "help" would make sbatch print that/],
    ['--hint=List', /would make sbatch print/],
    ["--partition='a\nb'", /^--partition: "a\\nb" is no value/],
    ['--constructor=1', /^--constructor is no option of sbatch/],
  ])('refuses %s by name', (text, message) => {
    expect(parse(text).problems).toEqual([expect.stringMatching(message)]);
  });

  test('stops where the meaning of the words behind can’t be told', () => {
    const { flags, problems } = parse('-p a --unknown b -p c');
    expect(renderFlags(flags)).toEqual(['--partition=a']);
    expect(problems).toHaveLength(1);
  });

  const word = fc.oneof(
    fc.constantFrom('-', '--', ':', '=', ' ', '\n', "'", '"', '\\', '`', '$(id)', ';', '&', '|', '/', ','),
    fc.constantFrom(...sbatchOptions.map(({ name }) => `--${name}`)),
    fc.constantFrom(...sbatchOptions.flatMap(({ short }) => (short === undefined ? [] : [`-${short}`]))),
    fc.string({ unit: 'binary', maxLength: 6 }),
  );

  test('lets nothing become another option, a line, or a word that is no option', () => {
    fc.assert(
      fc.property(fc.array(word, { maxLength: 12 }), fc.boolean(), (parts, areWords) => {
        const words = areWords ? parts : (splitWords(parts.join('')) ?? []);
        const { flags } = parseFlags(words);
        const kept = new Map(
          [...flags].filter(([name]) => refuseFlags(new Map([[name, true]]), commonFlags).length === 0),
        );
        const options = renderFlags(kept);
        for (const option of options) {
          const [, name = ''] = /^--([a-z-]+)(?:=[ -~]+)?$/.exec(option) ?? [];
          expect(findOption(name)?.standing).toBe('common');
        }
        // What sbatch would read of them is what was meant.
        expect(parseFlags(options)).toEqual({ flags: kept, problems: [] });
      }),
      { numRuns: 2_000 },
    );
  });

  test('reads as many letters as an annotation holds, each once', () => {
    expect(parseFlags([`-${'H'.repeat(200_000)}`])).toEqual({ flags: new Map([['hold', true]]), problems: [] });
  });
});
