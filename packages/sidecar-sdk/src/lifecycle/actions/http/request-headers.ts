import type { HttpGetAction } from '@interlink/protocol';
import { kubernetesVersion } from '../kubernetes-version.ts';

/** Go writes these from what the request is, and not from what its author says. */
const notTheAuthors: ReadonlySet<string> = new Set(['Connection', 'Content-Length', 'Trailer', 'Transfer-Encoding']);

/** The fields of a request besides its `Host`. Fields of the same name keep their order. */
export interface RequestHeaders {
  readonly host: string | undefined;
  readonly fields: ReadonlyArray<readonly [name: string, value: string]>;
}

/**
 * The header of a kubelet's request: names in canonical form, `Accept` and `User-Agent` of its own unless the author gives some, and
 * without them where the author's are empty.
 * @param purpose the kubelet calls itself `kube-probe` or `kube-lifecycle`
 * @see https://github.com/kubernetes/kubernetes/blob/master/pkg/probe/http/request.go
 */
export function requestHeaders(action: HttpGetAction, purpose: 'probe' | 'lifecycle'): RequestHeaders {
  const given = (action.httpHeaders ?? []).map(({ name, value = '' }) => [canonicalName(name), value] as const);
  const first = (name: string) => given.find(([other]) => other === name)?.[1];
  const own = [
    ['User-Agent', `kube-${purpose}/${kubernetesVersion}`],
    ['Accept', '*/*'],
  ] as const;
  const fields = [...own.filter(([name]) => first(name) === undefined), ...given].filter(
    ([name]) =>
      name !== 'Host' && !notTheAuthors.has(name) && !(first(name) === '' && own.some(([other]) => other === name)),
  );
  return { host: first('Host') || undefined, fields: [...fields, ['Connection', 'close']] };
}

/** `x-forwarded-for` becomes `X-Forwarded-For`; what is no name of a header stays as it is, and fails when it is sent. */
function canonicalName(name: string): string {
  if (!/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(name)) return name;
  return name.toLowerCase().replace(/(?<=^|-)[a-z]/g, (letter) => letter.toUpperCase());
}
