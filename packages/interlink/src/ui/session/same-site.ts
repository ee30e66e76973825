import type { IncomingHttpHeaders } from 'node:http';

/**
 * Whether a form was sent by a page of ours, beside what `SameSite` does: nobody is to be signed in by another site's form. Browsers say
 * it themselves (https://www.w3.org/TR/fetch-metadata/); those that don't send `Origin`; what is no browser may send neither.
 */
export function isFromOurPage(headers: IncomingHttpHeaders): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin';
  const { origin, host } = headers;
  if (origin === undefined) return true;
  return URL.canParse(origin) && new URL(origin).host === host;
}
