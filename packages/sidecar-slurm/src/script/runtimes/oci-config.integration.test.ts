import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { runBash } from '../testing/run-bash.ts';

const folder = mkdtempSync(join(tmpdir(), 'interlink-oci-'));
afterAll(() => rmSync(folder, { recursive: true }));

const print = `
read_oci_config config || echo unreadable
for list in oci_entrypoint oci_cmd oci_env; do
  declare -n words=$list
  ((\${#words[@]} > 0)) && printf '%s\\0' "\${words[@]}"
  printf '\\0'
done
printf '%s\\0' "$oci_user" "$oci_working_dir" "$oci_stop_signal"`;

/** What bash makes of it: words, an empty one behind each list. */
function read(config: string): string[] {
  writeFileSync(join(folder, 'config'), config);
  const { output } = runBash(['lib/base.sh', 'runtimes/oci-config.sh'], print, folder);
  return output.split('\0').slice(0, -1);
}

test('read_oci_config takes the process of an image, and nothing that only looks like it', () => {
  const config = {
    ExposedPorts: { '80/tcp': {}, Cmd: {} },
    Cmd: ['-c', 'echo "$A", {[:]} \\ \u00e9 ☃ 𝄞\n\t<&>'],
    Entrypoint: ['/bin/sh'],
    Labels: { User: 'label', Entrypoint: '["x"]', Env: 'x' },
    Healthcheck: { Test: ['CMD', 'Cmd'], Interval: 3 },
    Env: ['PATH=/bin', 'E='],
    User: '1000:1000',
    WorkingDir: '/srv',
    StopSignal: 'SIGQUIT',
    ArgsEscaped: true,
  };
  const expected = ['/bin/sh', '', ...config.Cmd, '', ...config.Env, '', '1000:1000', '/srv', 'QUIT'];
  expect(read(JSON.stringify(config))).toEqual(expected);
  expect(read(JSON.stringify(config, undefined, 2))).toEqual(expected);
  const escaped = JSON.stringify(config).replace(
    /[^ -~]|[<&>/]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  expect(read(escaped)).toEqual(expected);
});

test('read_oci_config finds nothing in an image that says nothing', () => {
  expect(read('{}')).toEqual(['', '', '', '', '', '']);
  expect(read('{"Cmd":null,"Entrypoint":[]}')).toEqual(['', '', '', '', '', '']);
});

test('read_oci_config reads any words', () => {
  const word = fc.string({
    unit: fc.constantFrom('a', '"', '\\', "'", '$', '`', '\n', '{', ']', ',', ':', ' ', 'é', '𝄞', 'u0041'),
  });
  fc.assert(
    fc.property(
      fc.array(
        word.filter((text) => text !== ''),
        { minLength: 1 },
      ),
      (words) => {
        expect(read(JSON.stringify({ Entrypoint: words }))).toEqual([...words, '', '', '', '', '', '']);
      },
    ),
    { numRuns: 30 },
  );
});
