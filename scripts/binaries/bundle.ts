import { join } from 'node:path';
import { type OutputChunk, type Plugin, rolldown } from 'rolldown';

/** What the executable can be: the program itself, and what its processes start as processes of their own (`ownProgram`). */
const programs: Readonly<Record<string, string>> = {
  main: 'packages/cli/src/main.ts',
  'port-relay': 'packages/sidecar-docker/src/streams/relay-main.ts',
  'process-runner': 'packages/sidecar-process/src/runner/main.ts',
};

/**
 * Libraries that nothing of ours reaches: dockerode's ways to an engine over ssh, which our `DOCKER_HOST` refuses, and to
 * BuildKit, which builds images. They would bring native code, files beside the program, and half a megabyte.
 */
const leftOut: ReadonlyArray<string> = ['ssh2', '@grpc/grpc-js', '@grpc/proto-loader'];

export interface Bundle {
  /** What Node starts. */
  readonly start: string;
  /** CommonJS by file name, the programs among them: what `ChunkLoader` loads. */
  readonly chunks: ReadonlyMap<string, string>;
  /** The packages of npm whose code is in there: their folders below the root, as the lock file calls them. */
  readonly libraries: ReadonlyArray<string>;
}

/** Makes CommonJS of the sources and all that they import; what they import later (`import()`) is a chunk of its own. */
export async function bundle(root: string): Promise<Bundle> {
  const chunks = await build(root, programs);
  const [start] = await build(root, { start: 'packages/cli/src/single-file/start.ts' });
  if (start === undefined) throw new Error('The bundler made nothing of single-file/start.ts');
  const modules = [...chunks, start].flatMap(({ moduleIds }) => moduleIds);
  // The bundler's own is what chunks are held together by.
  const libraries = new Set(['node_modules/rolldown', ...modules.flatMap((id) => libraryOf(root, id))]);
  return {
    start: start.code,
    // Wrapped in a function, a chunk can't begin with `#!`.
    chunks: new Map(chunks.map(({ fileName, code }) => [fileName, code.replace(/^#!.*/, '')])),
    libraries: [...libraries].toSorted(),
  };
}

async function build(root: string, input: Readonly<Record<string, string>>): Promise<OutputChunk[]> {
  const made = await rolldown({
    cwd: root,
    input: { ...input },
    platform: 'node',
    resolve: { conditionNames: ['interlink-source', 'node', 'import', 'default'] },
    plugins: [withoutLeftOut],
    // Modules of ours only define: who imports one name of a package does not load the rest.
    treeshake: { moduleSideEffects: (id) => !id.startsWith(join(root, 'packages')) },
  });
  const { output } = await made.generate({
    format: 'cjs',
    entryFileNames: '[name].js',
    chunkFileNames: '[name]-[hash].js',
    comments: false,
  });
  return output.filter((each) => each.type === 'chunk');
}

const withoutLeftOut: Plugin = {
  name: 'without-left-out',
  resolveId: (id) => (leftOut.includes(id) ? `\0left-out:${id}` : null),
  load: (id) => (id.startsWith('\0left-out:') ? 'module.exports = {};' : null),
};

function libraryOf(root: string, moduleId: string): string[] {
  const [folder] = /^.*\/node_modules\/(@[^/]+\/)?[^/]+/.exec(moduleId) ?? [];
  return folder === undefined ? [] : [folder.slice(root.length).replace(/^\//, '')];
}
