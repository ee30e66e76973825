import { join } from 'node:path';
import type { BuildOptions } from '../cache/build-cache.ts';
import { ensureGoPrograms } from '../control-plane/go-programs.ts';

/** Finds or builds oauth2-proxy, of the version that docs/itwinctl.sh installs, from the Go module beside this file. @returns its path */
export async function ensureOAuth2Proxy(options: BuildOptions): Promise<string> {
  const programs = {
    module: import.meta.dirname,
    packages: { 'oauth2-proxy': 'github.com/oauth2-proxy/oauth2-proxy/v7' },
    variables: { 'github.com/oauth2-proxy/oauth2-proxy/v7/pkg/version.VERSION': 'v7.8.1' },
    title: 'oauth2-proxy',
  };
  return join(await ensureGoPrograms(programs, options), 'oauth2-proxy');
}
