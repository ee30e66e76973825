import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { NodePackage } from './node-for.ts';

const line = '='.repeat(100);
const licenseFile = /^(licen[cs]e|copying|notice)(?!.*\.[cm]?[jt]s$)/i;

/** What the licences of others ask to be handed on with the executable: Node's own with all that is in it, then each library's. */
export function renderLicenses(root: string, node: NodePackage, libraries: ReadonlyArray<string>): string {
  const parts = [
    `InterLink is licensed under the Apache License 2.0. Its executables contain Node.js and the libraries below.\n`,
    part(`Node.js ${node.version}`, readFileSync(join(node.folder, 'LICENSE'), 'utf8')),
    ...libraries.map((folder) => libraryPart(join(root, folder))),
  ];
  return parts.join('\n');
}

function libraryPart(folder: string): string {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const texts = readdirSync(folder)
    .filter((file) => licenseFile.test(file))
    .toSorted()
    .map((file) => readFileSync(join(folder, file), 'utf8'));
  // Some packages name their licence and leave out its text.
  return part(
    `${name} ${version} (${license})`,
    texts.join('\n') || `${JSON.stringify(license)}; the package has no text of it`,
  );
}

function part(title: string, text: string): string {
  return `${line}\n${title}\n${line}\n\n${text.trim()}\n`;
}
