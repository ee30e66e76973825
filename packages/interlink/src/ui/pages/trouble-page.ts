import { html } from '../html/html.ts';
import { renderPage, type Viewer } from '../html/page.ts';

/** What could not be shown, and why. */
export function renderTroublePage(title: string, message: string, viewer: Viewer | undefined): string {
  const main = html`<p role="alert">${message}</p><p><a href="/ui">To the overview</a></p>`;
  return renderPage({ title, viewer, main });
}
