import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

/** The InterLink file with these keys, for a site's `env`; it goes when the test file has ended. */
export function configurationFile(keys: object): { INTERLINKCONFIGPATH: string } {
  const directory = mkdtempSync(join(tmpdir(), 'e2e-configuration-'));
  afterAll(() => rmSync(directory, { recursive: true, force: true }));
  const path = join(directory, 'InterLinkConfig.yaml');
  // JSON is YAML.
  writeFileSync(path, JSON.stringify(keys));
  return { INTERLINKCONFIGPATH: path };
}
