import { dirname } from 'node:path';
import { Script } from 'node:vm';

/** Where the program's chunks are: CommonJS, each a file of one folder, as the bundler wrote them. */
export interface Chunks {
  code(name: string): string;
  /** What V8 made of that code when the executable was built; undefined: it has to compile it. */
  cache(name: string): Buffer | undefined;
}

type Module = { exports: unknown };
type Require = (id: string) => unknown;
type Wrapper = (...names: [unknown, Require, Module, string, string]) => void;

/**
 * `require` for the chunks of the single-file executable, which Node's own does not find there. Each is loaded when it is first
 * asked for, with V8's cache of it: nobody pays for the libraries of another command.
 * What it compiled is in `scripts`, by the chunk's name.
 */
export class ChunkLoader {
  readonly scripts = new Map<string, Script>();
  readonly #modules = new Map<string, Module>();
  readonly #chunks: Chunks;
  readonly #require: Require = (id) => (id.startsWith('./') ? this.load(id.slice(2)) : builtin(id));

  constructor(chunks: Chunks) {
    this.#chunks = chunks;
  }

  /** @returns what the chunk exports; like Node, what it has exported so far to those that it loads itself */
  load(name: string): unknown {
    const known = this.#modules.get(name);
    if (known !== undefined) return known.exports;
    const module: Module = { exports: {} };
    this.#modules.set(name, module);
    const run = this.compile(name).runInThisContext() as Wrapper;
    run.call(module.exports, module.exports, this.#require, module, process.execPath, dirname(process.execPath));
    return module.exports;
  }

  compile(name: string): Script {
    const source = `(function (exports, require, module, __filename, __dirname) {${this.#chunks.code(name)}\n})`;
    const script = new Script(source, { filename: name, cachedData: this.#chunks.cache(name) });
    this.scripts.set(name, script);
    return script;
  }
}

/** @throws Error as Node's own `require`, which libraries catch that have a way without the module */
function builtin(id: string): unknown {
  const module: unknown = process.getBuiltinModule(id);
  if (module !== undefined) return module;
  throw Object.assign(new Error(`Cannot find module '${id}'`), { code: 'MODULE_NOT_FOUND' });
}
