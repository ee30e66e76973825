/** A text that may change under us: a `FreshFile`, or one that never does. */
export interface TextSource {
  read(): Promise<string>;
  expire(): void;
}

/** A text that never changes. */
export function constantText(text: string): TextSource {
  return { read: async () => text, expire: () => undefined };
}

/**
 * Decodes a `*-data` field.
 * @throws Error naming the field, never its content.
 */
export function decodeBase64(field: string, data: string): string {
  if (!/^[A-Za-z0-9+/\s]+={0,2}\s*$/.test(data)) throw new Error(`${field} is not base64`);
  return Buffer.from(data, 'base64').toString('utf8');
}
