import { readAsset } from '@interlink/service-kit';

/** What of `package.json` matters here; the single-file executable's own has the commit, too. */
export interface Build {
  readonly version: string;
  readonly commit?: string;
}

/** `vk 0.1.0 (0e5ed56c86ae, Node v26.10.0)`, for `--version`. */
export function versionLine(name: string): string {
  const { version, commit = 'from source' } = JSON.parse(
    readAsset('cli/package.json', new URL('../package.json', import.meta.url)),
  ) as Build;
  return `${name} ${version} (${commit}, Node ${process.version})`;
}
