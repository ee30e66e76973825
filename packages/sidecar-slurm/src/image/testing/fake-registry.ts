/** What a {@link FakeRegistry} was asked: method, address, what was shown. */
export interface Asked {
  readonly method: string;
  readonly url: string;
  readonly authorization: string | null;
}

interface Image {
  readonly digest: string;
  /** Who is let in; undefined: everybody. */
  readonly password?: string;
}

/** A registry of Docker's kind that gives tokens, as a function in place of `fetch`. */
export class FakeRegistry {
  readonly asked: Asked[] = [];
  /** By what comes behind `/v2/`: `team/app/manifests/1`. */
  readonly images = new Map<string, Image>();
  /** Thrown by every request. */
  fault: Error | undefined;
  readonly #host: string;

  constructor(host: string) {
    this.#host = host;
  }

  readonly fetch: typeof fetch = async (input, init) => {
    const url = new URL(String(input));
    const headers = new Headers(init?.headers);
    const authorization = headers.get('authorization');
    this.asked.push({ method: init?.method ?? 'GET', url: url.href, authorization });
    if (this.fault !== undefined) throw this.fault;
    if (url.pathname === '/token') return Response.json({ token: `${authorization}|${url.searchParams.get('scope')}` });
    const image = this.images.get(url.pathname.replace('/v2/', ''));
    if (authorization === null) {
      const challenge = `Bearer realm="https://${this.#host}/token",service="s"`;
      return new Response(null, { status: 401, headers: { 'www-authenticate': challenge } });
    }
    if (image === undefined) {
      return Response.json({ errors: [{ code: 'MANIFEST_UNKNOWN', message: 'manifest unknown' }] }, { status: 404 });
    }
    const basic = Buffer.from(`alice:${image.password}`).toString('base64');
    if (image.password !== undefined && !authorization.startsWith(`Bearer Basic ${basic}|`)) {
      return Response.json({ errors: [{ code: 'DENIED', message: 'access denied' }] }, { status: 403 });
    }
    return new Response(null, { headers: { 'docker-content-digest': image.digest } });
  };
}
