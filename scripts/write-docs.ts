import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { allChecks } from '@interlink/conformance';
import { errorCodes, openApiDocument, toHttpStatus } from '@interlink/protocol';
import { interLinkKeys, type Key } from '@interlink/service-kit';
import { allFields as dockerFields, supportedFlags } from '@interlink/sidecar-docker';
import { misbehaviours, scriptKeys } from '@interlink/sidecar-mock';
import { type Field, renderFields } from '@interlink/sidecar-sdk';
import { type AnnotationKind, annotationKinds, commonFlags, allFields as slurmFields } from '@interlink/sidecar-slurm';
import { allChecks as doctorChecks } from '../packages/cli/src/doctor/checks/all-checks.ts';
import { replaceSection } from './doc-section.ts';

// Writes the parts of the documents that follow from the code; with --check it only says which are out of date.
const root = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url));

const fieldParts = ['pod', 'containers', 'volumes'] as const;
type FieldPart = (typeof fieldParts)[number];

const sections = [
  { document: 'docs/configuration.md', name: 'configuration keys', content: keyTable() },
  { document: 'CONTRIBUTING.md', name: 'example sidecar', content: codeBlock('examples/sidecar-memory/sidecar.ts') },
  {
    document: 'packages/sidecar-sdk/README.md',
    name: 'example sidecar',
    content: codeBlock('examples/sidecar-memory/sidecar.ts'),
  },
  {
    document: 'packages/virtual-kubelet/README.md',
    name: 'example provider',
    content: codeBlock('examples/provider-minimal/provider.ts'),
  },
  {
    document: 'packages/sidecar-sdk/README.md',
    name: 'example probes',
    content: codeBlock('examples/backend-with-probes/watch-container.ts'),
  },
  { document: 'packages/sidecar-mock/README.md', name: 'misbehaviours', content: misbehaviourTable() },
  { document: 'docs/mock.md', name: 'mock script keys', content: scriptKeyTable() },
  {
    document: 'docs/docker.md',
    name: 'docker flags',
    content: supportedFlags.map((flag) => `\`${flag}\``).join(', '),
  },
  ...fieldParts.map((part) => ({
    document: 'docs/docker.md',
    name: `fields of ${part}`,
    content: fieldTable(dockerFields, part),
  })),
  { document: 'docs/slurm.md', name: 'slurm annotations', content: annotationTable() },
  {
    document: 'docs/slurm.md',
    name: 'sbatch options',
    content: [...commonFlags].map((flag) => `\`--${flag}\``).join(', '),
  },
  ...fieldParts.map((part) => ({
    document: 'docs/slurm.md',
    name: `fields of ${part}`,
    content: fieldTable(slurmFields, part),
  })),
  {
    document: 'docs/protocol.md',
    name: 'python plugin',
    content: codeBlock('examples/python-plugin/plugin.py', 'python'),
  },
  {
    document: 'docs/protocol.md',
    name: 'typescript plugin',
    content: codeBlock('examples/typescript-plugin/plugin.ts'),
  },
  {
    document: 'docs/protocol.md',
    name: 'python v1 plugin',
    content: codeBlock('examples/python-plugin-v1/plugin.py', 'python'),
  },
  { document: 'docs/protocol.md', name: 'error codes', content: errorTable() },
  { document: 'docs/doctor.md', name: 'doctor checks', content: doctorTable() },
  ...[...new Set(allChecks.map(({ section }) => section))].map((section) => ({
    document: 'docs/protocol.md',
    name: `checks of ${section}`,
    content: checkTable(section),
  })),
];

/** Documents that are written as a whole. */
const files = [
  { document: 'docs/openapi.json', content: toJson(openApiDocument('interlink')) },
  { document: 'docs/openapi-sidecar.json', content: toJson(openApiDocument('sidecar')) },
];

for (const { document, name, content } of sections) {
  const present = readFileSync(root(document), 'utf8');
  write(document, present, replaceSection(present, name, content), `the section "${name}"`);
}
for (const { document, content } of files) {
  const present = existsSync(root(document)) ? readFileSync(root(document), 'utf8') : '';
  write(document, present, content, 'it');
}

function write(document: string, present: string, wanted: string, what: string): void {
  if (!process.argv.includes('--check')) writeFileSync(root(document), wanted);
  else if (wanted !== present) {
    process.stderr.write(`${document}: ${what} is out of date: run \`make docs\`\n`);
    process.exitCode = 1;
  }
}

function toJson(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

function keyTable(): string {
  const rows = Object.entries<Key<unknown>>(interLinkKeys).flatMap(([name, key]) => {
    const variables = key.env.map((variable) => `\`${variable}\``).join(', ');
    const byDefault = key.default === undefined ? '' : `\`${key.default}\``;
    const members = Object.entries(key.shape?.properties ?? {}) as Array<[string, { description?: string }]>;
    return [
      `| \`${name}\` | ${variables} | ${byDefault} | ${key.doc} |`,
      ...members.map(
        ([member, { description }]) =>
          `| \`${name}${key.kind === 'list' ? '[]' : ''}.${member}\` | | | ${description ?? ''} |`,
      ),
    ];
  });
  return ['| key | variable | default | meaning |', '|---|---|---|---|', ...rows].join('\n');
}

function annotationTable(): string {
  const rows = Object.entries<AnnotationKind>(annotationKinds).map(([name, { isPowerful, also, meaning }]) => {
    const names = [`slurm-job.vk.io/${name}`, ...(also === undefined ? [] : [also])];
    return `| ${names.map((full) => `\`${full}\``).join(', ')} | ${isPowerful ? `\`${name}\`` : ''} | ${meaning} |`;
  });
  return ['| annotation | to allow | meaning |', '|---|---|---|', ...rows].join('\n');
}

function misbehaviourTable(): string {
  const rows = misbehaviours.map(({ name, summary, caughtBy }) => {
    return `| \`${name}\` | ${summary} | ${caughtBy.map((check) => `\`${check}\``).join(', ')} |`;
  });
  return ['| `MOCK_MISBEHAVE` | what goes wrong | caught by |', '|---|---|---|', ...rows].join('\n');
}

function scriptKeyTable(): string {
  const rows = scriptKeys.map(({ path, meaning }) => `| \`${path}\` | ${meaning} |`);
  return ['| key | meaning |', '|---|---|', ...rows].join('\n');
}

/** Rows of a sidecar's fields below `containers[]`, below `volumes[]`, or of neither. */
function fieldTable(
  fields: ReadonlyArray<Pick<Field<never>, 'path' | 'support' | 'values' | 'needs' | 'note'>>,
  part: FieldPart,
) {
  const partOf = (path: string) => /^(containers|volumes)\[\]/.exec(path)?.[1] ?? 'pod';
  return renderFields(fields.filter(({ path }) => partOf(path) === part));
}

function errorTable(): string {
  const rows = errorCodes.map((code) => `| \`${code}\` | ${toHttpStatus(code)} |`);
  return ['| `code` | status |', '|---|---|', ...rows].join('\n');
}

function doctorTable(): string {
  const rows = doctorChecks.map(({ name, sides, summary }) => `| \`${name}\` | ${sides.join(', ')} | ${summary} |`);
  return ['| check | side | what is wanted |', '|---|---|---|', ...rows].join('\n');
}

function checkTable(section: string): string {
  const checks = allChecks.filter((check) => check.section === section);
  const rows = checks.map(({ name, summary }) => `| \`${name}\` | ${summary} |`);
  return ['| check | what is wanted |', '|---|---|', ...rows].join('\n');
}

function codeBlock(path: string, language = 'ts'): string {
  return `\`\`\`${language}\n${readFileSync(root(path), 'utf8').trimEnd()}\n\`\`\``;
}
