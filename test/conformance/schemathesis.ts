import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureVenv, runCommand } from '../testbed/index.ts';

const folder = join(import.meta.dirname, '../testbed/python/schemathesis');

/** What is looked at in each answer. */
const checks = [
  'not_a_server_error',
  'status_code_conformance',
  'content_type_conformance',
  'response_headers_conformance',
  'response_schema_conformance',
];

/**
 * Has schemathesis (https://schemathesis.readthedocs.io) ask a server whatever its OpenAPI document allows, and what it does not: the same
 * questions in each run. @returns what it found, empty when all is well
 */
export async function runSchemathesis(url: string, token: string): Promise<string> {
  const python = await ensureVenv(join(folder, 'requirements.txt'));
  const options = {
    '--header': `Authorization: Bearer ${token}`,
    '--checks': checks.join(','),
    '--phases': 'coverage,fuzzing',
    '--max-examples': '3',
    '--seed': '1',
    '--generation-database': 'none',
    '--request-timeout': '20',
    '--suppress-health-check': 'all',
    '--warnings': 'off',
  };
  const args = Object.entries(options).flat();
  const program = ['-m', 'schemathesis.cli', '--config-file', join(folder, 'schemathesis.toml'), 'run'];
  const all = [...program, `${url}/openapi.json`, ...args, '--no-color', '--no-shrink', '--continue-on-failure'];
  // It leaves what it remembers, and Python what it compiles.
  const cwd = await mkdtemp(join(tmpdir(), 'interlink-schemathesis-'));
  try {
    const env = {
      ...process.env,
      ...{ PYTHONPATH: folder, PYTHONDONTWRITEBYTECODE: '1', SCHEMATHESIS_HOOKS: 'hooks' },
    };
    const { stdout, exitCode } = await runCommand(python, all, { env, cwd });
    return exitCode === 0 ? '' : stdout;
  } finally {
    await rm(cwd, { recursive: true });
  }
}
