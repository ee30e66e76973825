import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../../..');

/** By the name of each example, `heading: language`, what is to stand in place of texts that hold elsewhere only. */
export type Substitutions = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** All fenced blocks of a document, each of which somebody has to know. */
export class DocumentExamples {
  readonly #texts: ReadonlyMap<string, string>;
  readonly #substitutions: Substitutions;

  private constructor(texts: ReadonlyMap<string, string>, substitutions: Substitutions) {
    this.#texts = texts;
    this.#substitutions = substitutions;
  }

  /** @param document a path from the repository's root */
  static async read(document: string, substitutions: Substitutions): Promise<DocumentExamples> {
    const text = await readFile(join(root, document), 'utf8');
    return new DocumentExamples(findBlocks(text), substitutions);
  }

  /** Names of examples for which there is no entry: of new ones, that is. */
  unknown(): string[] {
    return [...this.#texts.keys()].filter((name) => !Object.hasOwn(this.#substitutions, name));
  }

  /** The example as it is to be run. @throws Error when there is no such example, or it lacks a text that is to be replaced */
  text(name: string): string {
    const written = this.#texts.get(name);
    const substitutions = this.#substitutions[name];
    if (written === undefined || substitutions === undefined) throw new Error(`There is no example ${name}`);
    return Object.entries(substitutions).reduce((text, [there, here]) => {
      if (!text.includes(there)) throw new Error(`Example ${name} has no ${JSON.stringify(there)}`);
      return text.replaceAll(there, here);
    }, written);
  }
}

/** @throws Error when two have the same heading and language */
function findBlocks(text: string): Map<string, string> {
  const blocks = new Map<string, string>();
  let heading = '';
  for (const [, title, language = '', block = ''] of text.matchAll(/^#+ (.*)$|^```(.*)\n([\s\S]*?)^```$/gm)) {
    if (title !== undefined) {
      heading = title;
      continue;
    }
    const name = `${heading}: ${language}`;
    if (blocks.has(name)) throw new Error(`There are two examples ${name}`);
    blocks.set(name, block);
  }
  return blocks;
}
