/** A word, of pieces without a blank between: bare characters, an escaped one, quotes of either kind. */
const piece = /[^\s"'\\]+|\\.|"(?:[^"\\]|\\.)*"|'[^']*'/sy;

/**
 * Splits a text into words as a POSIX shell does, quotes and backslashes included; nothing is expanded.
 * @returns undefined when a quote is not closed, or nothing comes after a backslash
 * @see https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html#tag_19_02
 */
export function splitWords(text: string): string[] | undefined {
  const words: string[] = [];
  let position = 0;
  let isInside = false;
  while (position < text.length) {
    piece.lastIndex = position;
    const [found] = piece.exec(text) ?? [];
    if (found === undefined) {
      if (!/\s/.test(text[position] ?? '')) return undefined;
      isInside = false;
      position += 1;
      continue;
    }
    const before = isInside ? words.pop() : '';
    words.push(`${before}${unquote(found)}`);
    isInside = true;
    position += found.length;
  }
  return words;
}

/** Inside double quotes a backslash stands for itself, unless what follows would mean something there. */
function unquote(found: string): string {
  if (found.startsWith("'")) return found.slice(1, -1);
  if (found.startsWith('"')) return found.slice(1, -1).replaceAll(/\\([\\"$`])/g, '$1');
  return found.startsWith('\\') ? found.slice(1) : found;
}
