import type { Rendering } from '@interlink/protocol';
import type { PodEntry } from '../board/owner-board.ts';
import { type Html, html } from '../html/html.ts';
import { renderPage, type Viewer } from '../html/page.ts';
import { podUrl } from './pods-page.ts';

export interface ScriptView {
  readonly viewer: Viewer;
  readonly entry: PodEntry;
  readonly rendering: Rendering;
}

/** What the backend was given for a pod: its job script, and how that was submitted. */
export function renderScriptPage({ viewer, entry, rendering }: ScriptView): string {
  const { row, uid } = entry;
  const name = row.name === '' ? uid : `${row.namespace}/${row.name}`;
  const main = html`<p><a href="${podUrl(entry)}">Back to the pod</a></p>
${rendering.warnings.map((warning) => html`<p>${warning}</p>`)}
${rendering.parts.map(part)}`;
  return renderPage({ title: `What was submitted for ${name}`, viewer, main });
}

function part({ name, body }: Rendering['parts'][number], at: number): Html {
  const id = `part-${at}`;
  return html`<section aria-labelledby="${id}"><h2 id="${id}">${name}</h2><pre tabindex="0" role="region" aria-labelledby="${id}">${toText(body)}</pre></section>`;
}

/** Lines and words as people write them; anything else as JSON. */
function toText(body: unknown): string {
  if (typeof body === 'string') return body;
  const { lines, arguments: words } = (body ?? {}) as Record<string, unknown>;
  if (Array.isArray(lines)) return lines.join('\n');
  return Array.isArray(words) ? words.join('\n') : JSON.stringify(body, undefined, 2);
}
