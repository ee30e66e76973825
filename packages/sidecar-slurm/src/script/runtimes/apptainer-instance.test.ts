import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const library = join(import.meta.dirname, 'apptainer-instance.sh');

/** Two containers on a node whose kernel makes no overlay on disk. */
const script = `
source ${library}
declare -A apptainer_read_only=()
add_event() { printf '%s\\n' "$1 $2: $4"; }
start_with_script() { [[ $root_in == memory ]] || { runtime_error='no overlay on this disk'; return 1; }; }
runtime_error=''
start_instance one && start_instance two
`;

test('start_instance() keeps root file systems in memory where the disk can’t, and tells of it once', () => {
  const folder = mkdtempSync(join(tmpdir(), 'interlink-instance-'));
  try {
    const env = { ...process.env, apptainer_folder: folder };
    const { status, stdout, stderr } = spawnSync('bash', ['-c', script], { env, encoding: 'utf8' });
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toBe(
      'Warning RootFilesystemInMemory: What containers write outside of their volumes is kept in memory, and may not be much: no overlay on this disk\n',
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});
