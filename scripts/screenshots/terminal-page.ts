import { type Html, html } from '../../packages/interlink/src/ui/html/html.ts';

/** What a terminal shows of a command, as a page to take a picture of: dark, which is good to see on light and dark pages. */
export function renderTerminal(command: string, output: string): string {
  const lines = output.trim().split('\n').map(renderLine);
  return `<!doctype html><meta charset="utf-8"><style>${style}</style>
${html`<main><p><i></i><i></i><i></i></p><pre><b>$ ${command}</b>\n\n${lines}</pre></main>`.text}`;
}

/** Headings are what begins at the edge; times come first on a line, and what is far in is what a container wrote. */
function renderLine(line: string): Html {
  const timed = /^( *\d+\.\d s)(.*)$/.exec(line);
  if (timed !== null) return html`<div><s>${timed[1]}</s>${timed[2]}</div>`;
  if (/^\S/.test(line)) return html`<b>${line}</b>\n`;
  return /^ {9}/.test(line) ? html`<u>${line}</u>\n` : html`${line}\n`;
}

const style = `
body { margin: 0; background: transparent; }
main { display: inline-block; padding: 0 1.4rem 1.2rem; border-radius: 10px; background: #1c2024; color: #d5dade; }
p { margin: 0; padding: 0.8rem 0; }
i { display: inline-block; width: 11px; height: 11px; margin-right: 7px; border-radius: 50%; background: #454c54; }
pre { margin: 0; font: 14px/1.5 ui-monospace, "DejaVu Sans Mono", monospace; }
div { max-width: 106ch; padding-left: 20ch; text-indent: -20ch; white-space: pre-wrap; }
b { color: #fff; }
s { color: #8b959f; text-decoration: none; }
u { color: #6cc784; text-decoration: none; }
`;
