import { type Html, html } from '../html/html.ts';
import { renderPage } from '../html/page.ts';
import type { Transport } from '../session/session-cookie.ts';

/** Where a token is pasted once. @param trouble why the last one was not taken */
export function renderSignInPage(transport: Transport, trouble?: string): string {
  const main = transport === 'in-the-clear' ? refusal : form(trouble);
  return renderPage({ title: 'Sign in', main });
}

const refusal = html`<p role="alert">This page came without TLS from another machine: a token that is typed here could be read on the way.
Serve InterLink by <code>https://</code>, or reach it through <code>ssh -L</code>.</p>`;

function form(trouble: string | undefined): Html {
  const wrong = trouble !== undefined;
  return html`<form class="sign-in" method="post" action="/ui/sign-in">
${wrong && html`<p role="alert" id="trouble">${trouble}</p>`}
<label for="token">Token</label>
<input id="token" name="token" type="password" required autocomplete="off" spellcheck="false" autofocus${wrong && html` aria-invalid="true" aria-describedby="trouble"`}>
<p class="quiet">Any token that InterLink takes as <code>Authorization: Bearer …</code>. It is sent once; the session ends after an hour,
or when the token is no longer good. Who shows a client certificate, or comes through oauth2-proxy, is known without this.</p>
<button>Sign in</button>
</form>`;
}
