import { assetUrl } from '../assets.ts';
import { type Html, html } from './html.ts';

export interface Page {
  readonly title: string;
  /** Undefined where nobody is signed in. */
  readonly viewer?: Viewer | undefined;
  readonly main: Html;
  /** Where the stream of changes goes on from; undefined: the page does not follow it. */
  readonly after?: string | undefined;
}

export interface Viewer {
  readonly name: string;
  /** By a session of this page, which can be ended here. */
  readonly hasSession: boolean;
}

/** A whole document. Nothing in it is inline: the content security policy would not run it. */
export function renderPage({ title, viewer, main, after }: Page): string {
  const follow = after === undefined ? '' : html` data-after="${after}"`;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} · InterLink</title>
<link rel="icon" href="${assetUrl('icon.svg')}">
<link rel="stylesheet" href="${assetUrl('ui.css')}">
<script src="${assetUrl('ui.js')}" defer></script>
</head>
<body${follow}>
<a class="skip" href="#main">Skip to content</a>
${viewer !== undefined && header(viewer, title)}
<main id="main" tabindex="-1">
<h1>${title}</h1>
${main}
</main>
</body>
</html>
`.text;
}

const places = [
  ['Overview', '/ui'],
  ['Pods', '/ui/pods'],
] as const;

function header({ name, hasSession }: Viewer, title: string): Html {
  const links = places.map(
    ([text, href]) => html`<a href="${href}"${text === title && html` aria-current="page"`}>${text}</a>`,
  );
  return html`<header>
<a class="brand" href="/ui">InterLink</a>
<nav aria-label="Pages">${links}</nav>
<p class="viewer"><span>${name}</span> <span id="live" class="live" role="status"></span></p>
${hasSession && html`<form method="post" action="/ui/sign-out"><button>Sign out</button></form>`}
</header>`;
}
