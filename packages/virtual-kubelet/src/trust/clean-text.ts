/** Bytes that the Kubernetes API takes of an event's message. */
export const maxEventBytes = 1_024;
/** Characters of a reason: of an event, a condition, a container state. */
const maxReasonLength = 128;
/** What drives terminals: control characters but newline and tab, and those that turn the direction of writing. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: those are the ones to be found.
const driving = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;

/** A text from a backend as it may be shown: no control characters, at most so many bytes, cut between characters. */
export function cleanText(text: string, maxBytes: number): string {
  const clean = text.slice(0, maxBytes).replace(driving, '');
  const bytes = Buffer.from(clean);
  // Copied, for a cut string keeps the whole one in memory.
  return bytes
    .subarray(0, maxBytes)
    .toString('utf8')
    .replace(/\uFFFD+$/, '');
}

/** A text of one line. */
export function cleanLine(text: string, maxBytes: number): string {
  return cleanText(text, maxBytes).replaceAll(/\s+/g, ' ').trim();
}

/** A reason as Kubernetes writes them, one CamelCase word: `node fail` becomes `NodeFail`. Undefined when no letter is left. */
export function toReason(text: string | undefined): string | undefined {
  const words = cleanText(text ?? '', maxReasonLength).split(/[^A-Za-z0-9]+/);
  const reason = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
  return /^[A-Z]/.test(reason) ? reason : undefined;
}
