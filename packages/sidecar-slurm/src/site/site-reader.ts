import type { InterLinkConfig } from '@interlink/sidecar-sdk';
import { expandPath, type PathContext } from './expand-path.ts';

/** The configuration while it is read: what is wrong with it is collected. */
export interface SiteReader {
  readonly config: InterLinkConfig;
  readonly problems: string[];
  /** A path, absolute and with its variables. */
  path(key: string, text: string): string;
  /** Undefined for a key without a value, or with an empty one, as existing files have it. */
  optionalPath(key: TextKey): string | undefined;
  /** As {@link optionalPath}, and the text as it is. */
  optionalText(key: TextKey): string | undefined;
  /** Words of a list; an element that is no text, or holds a NUL or a newline, is a problem. */
  words(key: ListKey): string[] | undefined;
}

export type TextKey = {
  [K in keyof InterLinkConfig]: InterLinkConfig[K] extends string | undefined ? K : never;
}[keyof InterLinkConfig];

export type ListKey = {
  [K in keyof InterLinkConfig]: InterLinkConfig[K] extends ReadonlyArray<unknown> | undefined ? K : never;
}[keyof InterLinkConfig];

export function createReader(config: InterLinkConfig, { env, home }: Pick<PathContext, 'env' | 'home'>): SiteReader {
  const problems: string[] = [];
  const path = (key: string, text: string) => expandPath(text, { key, env, home, problems });
  const optionalText = (key: TextKey) => {
    const value = config[key];
    return value === undefined || value === '' ? undefined : value;
  };
  return {
    config,
    problems,
    path,
    optionalText,
    optionalPath: (key) => {
      const text = optionalText(key);
      return text === undefined ? undefined : path(key, text);
    },
    words: (key) => {
      const list = config[key];
      return list?.flatMap((element, index) => {
        if (typeof element === 'string' && !/[\0\n]/.test(element)) return [element];
        problems.push(`${key}[${index}] is ${JSON.stringify(element)}: a word is wanted`);
        return [];
      });
    },
  };
}
