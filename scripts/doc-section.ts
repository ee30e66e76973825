/** Replaces what stands between the two markers of a section. @throws Error when the document has no such markers */
export function replaceSection(document: string, name: string, content: string): string {
  const begin = `<!-- section ${name}: begin, written by scripts/write-docs.ts -->`;
  const end = `<!-- section ${name}: end -->`;
  const from = document.indexOf(begin);
  const to = document.indexOf(end);
  if (from === -1 || to < from) throw new Error(`The document has no section ${name}`);
  return `${document.slice(0, from + begin.length)}\n${content}\n${document.slice(to)}`;
}
