/** What a kubelet reads of a command's output and of an answer's body, in bytes. */
export const maxTextBytes = 10 * 1_024;

/** The beginning of a text that fits, in whole characters. */
export function limitText(text: string | Uint8Array): string {
  const bytes = typeof text === 'string' ? Buffer.from(text) : text;
  if (bytes.length <= maxTextBytes && typeof text === 'string') return text;
  // Told that more will come, it leaves out a character that is not whole.
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes.subarray(0, maxTextBytes), {
    stream: bytes.length > maxTextBytes,
  });
}
