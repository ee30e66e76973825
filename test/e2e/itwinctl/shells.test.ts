import { describe, expect, inject, test } from 'vitest';
import { runCommand } from '../../testbed/index.ts';
import { Itwinctl, stub } from '../drivers/itwinctl.ts';
import { lacks } from '../drivers/testbed-parts.ts';

const cannotRun = lacks(inject('testbed'), 'itwinctl');

/** All that a shell has of its own, as text; names rather than values of variables, some of which count by themselves. */
const looks = {
  bash: 'look() { set -o; shopt; trap; pwd; umask; alias; declare -F; compgen -v; jobs; echo "$* $OLDPWD"; }',
  zsh: `look() { setopt; trap; pwd; umask; alias; print -l \${(ok)functions}; print -l \${(ok)parameters}; jobs; echo "$* $OLDPWD"; }`,
} as const;

/** What a careful, and a careless, user may have set. */
const habits = {
  bash: 'set -u -o pipefail -o noclobber; shopt -s nullglob expand_aliases; trap "echo ended" EXIT; trap "echo signal" INT',
  zsh: 'setopt nounset pipefail ksharrays shwordsplit noclobber; trap "echo ended" EXIT; trap "echo signal" INT',
} as const;

const shells = ['bash', 'zsh'] as const;
const commands = ['', 'help', 'nonsense', 'install --from nowhere', 'start', 'stop', 'restart', 'status'];

describe.skipIf(cannotRun)('docs/itwinctl.sh', { concurrent: true }, () => {
  test('is what shellcheck has nothing to say about', async () => {
    await using itwinctl = await Itwinctl.create({ programs: {}, env: {} });
    expect(await runCommand('shellcheck', [itwinctl.script])).toEqual({ stdout: '', stderr: '', exitCode: 0 });
  });

  test.each(shells)(
    'sourced in %s leaves the shell alive and as it was, whatever the command and its end',
    async (shell) => {
      await using itwinctl = await Itwinctl.create({ programs: { interlink: stub }, env: {} });
      const lines = [
        habits[shell],
        looks[shell],
        "before= after= code=; alias bash=false command=false; cd /tmp; cd /; set -- 'of the caller' '*'",
        ...commands.flatMap((command) => [
          'before=$(look "$@")',
          `source ${itwinctl.script} ${command === '' ? '""' : command} >/dev/null 2>&1 || code=$?`,
          'after=$(look "$@")',
          `[ "$before" = "$after" ] && echo 'as it was after: ${command}' || { echo "$before"; echo "$after"; }`,
        ]),
        'echo "$code $*"',
      ];
      const { stdout, exitCode } = await itwinctl.shell([shell, '-c', lines.join('\n')]);
      const told = commands.map((command) => `as it was after: ${command}\n`).join('');
      expect({ stdout, exitCode }).toEqual({ stdout: `${told}1 of the caller *\nended\n`, exitCode: 0 });
    },
  );

  test.each([
    ['bash', 'source ./itwinctl.sh'],
    ['bash', 'source itwinctl.sh'],
    ['bash', 'set -e; f() { local x=1; . ./itwinctl.sh "$@"; }; f'],
    ['bash', './itwinctl.sh'],
    ['zsh', 'source ./itwinctl.sh'],
    ['zsh', 'source itwinctl.sh'],
    ['zsh', 'set -e; f() { local x=1; . ./itwinctl.sh "$@"; }; f'],
    ['zsh', 'zsh itwinctl.sh'],
    ['dash', 'sh itwinctl.sh'],
  ])('from %s, `%s` does what `bash itwinctl.sh` does', async (shell, words) => {
    await using itwinctl = await Itwinctl.create({ programs: {}, env: {} });
    const { stdout, stderr, exitCode } = await itwinctl.shell([shell, '-c', `${words} nonsense; echo "code $?"`]);
    const expected = 'itwinctl: There is no command "nonsense": install, start, stop, restart or status is wanted.\n';
    // A shell that is to end at errors ends at this one.
    const isStrict = words.startsWith('set -e');
    expect({ stdout, stderr, exitCode }).toEqual({
      stdout: isStrict ? '' : 'code 2\n',
      stderr: expected,
      exitCode: isStrict ? 2 : 0,
    });
  });

  test('sourced in another shell says what to do, and leaves it alive', async () => {
    await using itwinctl = await Itwinctl.create({ programs: {}, env: {} });
    const { stdout, stderr } = await itwinctl.shell(['dash', '-c', '. ./itwinctl.sh; echo "code $?"']);
    expect(stderr).toContain('sourcing works in bash and zsh only; here, use: bash itwinctl.sh');
    expect(stdout).toBe('code 1\n');
  });

  test('--help names every setting that the script reads, and no other', async () => {
    await using itwinctl = await Itwinctl.create({ programs: {}, env: {} });
    const help = await itwinctl.do('--help');
    const { stdout } = await runCommand('grep', ['-oE', '\\bITWIN_[A-Z0-9_]+', itwinctl.script]);
    const named = new Set(help.match(/\bITWIN_[A-Z0-9_]+/g));
    expect([...named].sort()).toEqual([...new Set(stdout.trim().split('\n'))].sort());
  });
});
