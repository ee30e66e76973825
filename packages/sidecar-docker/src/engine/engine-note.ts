import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { InterLinkError, type Logger, readText, recordOf, stringOf, writeWhole } from '@interlink/sidecar-sdk';
import { isPodFolder } from '../volumes/volume-paths.ts';
import type { Engine } from './engine.ts';

export interface EngineNoteOptions {
  readonly engine: Pick<Engine, 'info'>;
  /** DataRootFolder. */
  readonly root: string;
  /** Where the engine listens, as `DOCKER_HOST` has it. */
  readonly address: string;
  readonly logger: Logger;
}

interface KnownEngine {
  /** Empty: it has none that lasts. */
  readonly id: string;
  readonly address: string;
  readonly host: string;
}

/**
 * Keeps in DataRootFolder which engine its pods are on. One that is found elsewhere, by `docker context use` say, and is another, has none
 * of them: they would be taken for lost. An engine that has another ID where it always was has been made anew, and is taken; so is any
 * while there are no pods. Only Docker's ID says anything: another product is not noted, and is another engine where one is.
 */
export class EngineNote {
  readonly #options: EngineNoteOptions;
  #isChecked = false;

  constructor(options: EngineNoteOptions) {
    this.#options = options;
  }

  /** To be called before the engine's list is believed. @throws InterLinkError `failed_precondition` that names both engines */
  async check(): Promise<void> {
    if (this.#isChecked) return;
    const { id, host, product } = await this.#options.engine.info();
    await this.#compare({ id: product === 'docker' ? id : '', host, address: this.#options.address });
    this.#isChecked = true;
  }

  async #compare(found: KnownEngine): Promise<void> {
    const { root, logger } = this.#options;
    const path = join(root, '.engine');
    const known = parseNote(await readText(path));
    if (known?.id === found.id && known.address === found.address) return;
    if (known !== undefined && known.id !== found.id) {
      if (known.address !== found.address && (await hasPods(root))) throw another({ known, found, root, path });
      logger.warn({ known, found }, 'the engine is another than before');
    }
    const noted = found.id === '' ? rm(path, { force: true }) : writeWhole(path, JSON.stringify(found));
    await noted.catch((error: unknown) => {
      logger.warn({ err: error, path }, 'cannot note which engine has the pods');
    });
  }
}

/** Undefined for what is none: the engine that is there is taken then. */
function parseNote(text: string | undefined): KnownEngine | undefined {
  try {
    const { id, address, host } = recordOf(JSON.parse(text ?? ''));
    const known = { id: stringOf(id) ?? '', address: stringOf(address) ?? '', host: stringOf(host) ?? '' };
    return known.id === '' || known.address === '' ? undefined : known;
  } catch {
    return undefined;
  }
}

async function hasPods(root: string): Promise<boolean> {
  const entries = await readdir(root, { withFileTypes: true });
  return entries.some((entry) => entry.isDirectory() && isPodFolder(entry.name));
}

interface Difference {
  readonly known: KnownEngine;
  readonly found: KnownEngine;
  readonly root: string;
  readonly path: string;
}

function another({ known, found, root, path }: Difference): InterLinkError {
  const named = ({ id, address, host }: KnownEngine) => `${address} (host ${host}${id && `, ID ${id}`})`;
  return new InterLinkError(
    'failed_precondition',
    `The pods of DataRootFolder ${root} are on the engine at ${named(known)}, and this is the one at ${named(found)}: set DOCKER_HOST to ${known.address} and start again, or remove ${path} to give those pods up`,
  );
}
