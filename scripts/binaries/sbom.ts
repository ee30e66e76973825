import type { Build } from '../../packages/cli/src/version.ts';
import type { LockFile } from './lock-file.ts';
import type { NodePackage } from './node-for.ts';

export interface SbomOptions {
  readonly build: Required<Build>;
  readonly node: NodePackage;
  readonly lock: LockFile;
  /** Folders below the root, as the lock file has them. */
  readonly libraries: ReadonlyArray<string>;
}

/**
 * What the executable is made of, as CycloneDX 1.6 (https://cyclonedx.org/docs/1.6/json/): Node, and the packages whose code the bundle
 * has. `npm sbom` would tell of what is installed: more than that, and without Node. The same sources give the same text.
 */
export function renderSbom({ build, node, lock, libraries }: SbomOptions): string {
  const program = {
    type: 'application',
    'bom-ref': 'interlink',
    name: 'interlink',
    version: build.version,
    licenses: [{ license: { id: 'Apache-2.0' } }],
    properties: [{ name: 'interlink:commit', value: build.commit }],
  };
  const components = [nodeComponent(node), ...libraries.map((folder) => libraryComponent(folder, lock))];
  return `${JSON.stringify(
    {
      bomFormat: 'CycloneDX',
      specVersion: '1.6',
      version: 1,
      metadata: { component: program },
      components,
      dependencies: [{ ref: 'interlink', dependsOn: components.map((each) => each['bom-ref']) }],
    },
    undefined,
    2,
  )}\n`;
}

function nodeComponent({ name, version, integrity }: NodePackage) {
  const purl = `pkg:npm/${name}@${version}`;
  return {
    type: 'platform',
    'bom-ref': purl,
    name: 'node.js',
    version,
    hashes: hashesOf(integrity),
    licenses: [{ license: { id: 'MIT' } }],
    cpe: `cpe:2.3:a:nodejs:node.js:${version}:*:*:*:*:*:*:*`,
    purl,
  };
}

function libraryComponent(folder: string, lock: LockFile) {
  const { version, integrity, license } = lock.packages[folder] ?? {};
  if (version === undefined) throw new Error(`${folder} is in the bundle, but not in package-lock.json`);
  const name = folder.slice(folder.lastIndexOf('node_modules/') + 'node_modules/'.length);
  // The scope's @ is escaped (https://github.com/package-url/purl-spec).
  const purl = `pkg:npm/${name.replace('@', '%40')}@${version}`;
  return {
    type: 'library',
    'bom-ref': `${purl}#${folder}`,
    name,
    version,
    hashes: integrity === undefined ? [] : hashesOf(integrity),
    licenses: license === undefined ? [] : [licenseOf(license)],
    purl,
  };
}

/** An SPDX identifier, or an expression of several. */
function licenseOf(license: string) {
  return /\s/.test(license) ? { expression: license } : { license: { id: license } };
}

/** @param integrity `sha512-` and the hash in base64 */
function hashesOf(integrity: string) {
  const [algorithm = '', hash = ''] = integrity.split('-');
  return [{ alg: algorithm.replace('sha', 'SHA-'), content: Buffer.from(hash, 'base64').toString('hex') }];
}
