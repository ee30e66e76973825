import { Unresolvable } from './resolve-error.ts';

/**
 * The text of one key of a Secret, for a variable. The byte order mark, if any, is part of it.
 * @param base64 as in the Secret's `data`
 * @throws Unresolvable, naming the Secret and the key, when the bytes are not UTF-8: no variable could carry them unharmed
 */
export function secretText(secret: string, key: string, base64: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.from(base64, 'base64'));
  } catch {
    throw new Unresolvable(
      `key ${JSON.stringify(key)} of secret ${JSON.stringify(secret)} is not UTF-8 text and cannot be a variable's value`,
    );
  }
}
