import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runBash } from './testing/run-bash.ts';

test('a job removes what killed jobs have left on its node, and nothing else', async () => {
  const place = await mkdtemp(join(tmpdir(), 'sweep-'));
  try {
    await mkdir(join(place, 'interlink-nobodys'));
    await mkdir(join(place, 'interlink-elsewhere'));
    await writeFile(join(place, 'interlink-elsewhere/.owner'), '1 1 pid:[1]\n');
    await mkdir(join(place, 'other'));
    await writeFile(join(place, 'other/.owner'), '999999999 1 pid:[1]\n');
    // Two jobs, one of which is still there.
    const text = `
      mkdir interlink-gone interlink-reused interlink-mine
      (own_scratch interlink-mine)
      read -r pid start space <interlink-mine/.owner
      printf '999999999 %s %s\\n' "$start" "$space" >interlink-gone/.owner
      printf '%s 1 %s\\n' "$pid" "$space" >interlink-reused/.owner
      # It was making an image when it was killed.
      mkdir half-made
      printf '%s' "$PWD/half-made" >interlink-gone/.draft.main
      log_line() { :; }
      remove_tree() { rm -rf -- "$1"; }
      sweep_scratch "$PWD"`;
    expect(runBash(['lib/base.sh', 'lib/sweep.sh'], text, place)).toEqual({ output: '', code: 0 });
    expect((await readdir(place)).sort()).toEqual([
      'interlink-elsewhere',
      'interlink-mine',
      'interlink-nobodys',
      'other',
    ]);
  } finally {
    await rm(place, { recursive: true });
  }
});
