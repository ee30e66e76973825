/** What the checks of the documents read of Markdown: fenced blocks, headings, links. No more of the language than the documents use. */

/** A fenced block: the language behind the fence, its lines, and the line that the fence is on, from 1. */
export type CodeBlock = { readonly language: string; readonly code: string; readonly line: number };

/** The fenced blocks of a document, and the document with each of them blanked, so that lines keep their numbers. */
export function splitBlocks(text: string): { readonly blocks: readonly CodeBlock[]; readonly prose: string } {
  const blocks: CodeBlock[] = [];
  const prose = text.replaceAll(
    /^( *)```(\w[\w-]*)?[^\n]*\n([\s\S]*?)^ *```$/gm,
    (whole, _indent, language = '', code, at) => {
      blocks.push({ language, code, line: text.slice(0, at).split('\n').length });
      return whole.replaceAll(/[^\n]/g, '');
    },
  );
  return { blocks, prose };
}

/**
 * The anchors of a document's headings: lower case, letters, digits, `-` and `_` kept, blanks to `-`, the second of a name with `-1` behind it.
 * That is what GitHub makes of them: https://github.com/Flet/github-slugger.
 */
export function anchorsOf(prose: string): ReadonlySet<string> {
  const seen = new Map<string, number>();
  const anchors = new Set<string>();
  for (const [, heading = ''] of prose.matchAll(/^#{1,6} +(.*?) *#*$/gm)) {
    const slug = toSlug(heading);
    const count = seen.get(slug) ?? 0;
    seen.set(slug, count + 1);
    anchors.add(count === 0 ? slug : `${slug}-${count}`);
  }
  return anchors;
}

function toSlug(heading: string): string {
  return heading
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{M}\p{N}\p{Pc} -]/gu, '')
    .replaceAll(' ', '-');
}

/** Where the links and pictures of a document lead, without those in code. */
export function linksOf(prose: string): readonly string[] {
  const text = prose.replaceAll(/(`+)[^`].*?\1/g, '``');
  return [...text.matchAll(/\]\(<?([^)\s>]+)>?(?: "[^"]*")?\)|^\[[^\]]+\]: *(\S+)|(?:src|href)="([^"]+)"/gm)].map(
    ([, inline, reference, attribute]) => inline ?? reference ?? attribute ?? '',
  );
}
