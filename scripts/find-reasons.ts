import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Whose words reach a pod or a node. */
const packages = [
  'virtual-kubelet',
  'interlink',
  'sidecar-sdk',
  'sidecar-docker',
  'sidecar-slurm',
  'sidecar-process',
  'sidecar-mock',
];
/** InterLink's own pages have states of their own, and a mock that misbehaves says what it likes. */
const others = /\.test\.ts$|\/(?:testing|testdata|ui|misbehaviour|kubelet-api\/log-availability)\b/;

/** Expressions of the sources that hold a reason: what is in the first group is read for names in quotes. */
const places = {
  ts: [
    /\breason: ((?:`[^`]*`|[^,}\n`])*)/g,
    /\breason = ([^;\n]*);/g,
    /\b(?:warning|normal|skip|imageError|ended)\(\s*(?:\w+, )?(['`][^'`]*['`])/g,
    /'(?:Normal|Warning)',\s*(?:reason \?\? )?(?!'Warning')(['`][^'`]*['`])/g,
    /\breasonOf: [^=]*= \{([^}]*)\}/g,
    /\bnotOffloaded = ([^;\n]*);/g,
    /toReason\(event\.reason\) \?\? ([^;\n]*);/g,
  ],
  sh: [
    /\badd_event (?:Normal|Warning) ([A-Z]\w+)/g,
    /\bfail_pod ([A-Z]\w+)/g,
    /(?:runtime|pod|exit)_reason(?:\[\$name\])?=([A-Z]\w+)/g,
    /runtime_reason:-([A-Z]\w+)/g,
  ],
} as const;

/** Sources of the product, shell scripts as well, without tests: path from the root and text. */
export function productSources(root: string): Array<{ readonly path: string; readonly text: string }> {
  return packages
    .flatMap((name) => globSync(`packages/${name}/src/**/*.{ts,sh}`, { cwd: root }))
    .filter((path) => !others.test(path))
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
}

/**
 * The reasons that sources give events, containers, pods and conditions, as far as they are written there. One that is put together
 * has `*` where it varies: `OutOf*`.
 */
export function findReasons(sources: ReadonlyArray<{ readonly path: string; readonly text: string }>): Set<string> {
  const found = sources.flatMap(({ path, text }) =>
    path.endsWith('.sh')
      ? captured(text, places.sh)
      : captured(text, places.ts).flatMap((expression) =>
          [...expression.matchAll(/(?<![=!]== )['`]([A-Z](?:\w|\$\{[^{}]*\})+)['`]/g)].map(([, name = '']) =>
            name.replaceAll(/\$\{[^{}]*\}/g, '*'),
          ),
        ),
  );
  return new Set(found);
}

function captured(text: string, patterns: ReadonlyArray<RegExp>): string[] {
  return patterns.flatMap((pattern) => [...text.matchAll(pattern)].map(([, group = '']) => group));
}
