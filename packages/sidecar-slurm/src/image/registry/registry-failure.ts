/** Why a registry could not be asked, or what it answered. */
export type RegistryFailure =
  /** It has no such image, or hides it. */
  | { readonly kind: 'not-found'; readonly message: string }
  | { readonly kind: 'unauthorised'; readonly message: string }
  /** It asks for patience. */
  | { readonly kind: 'limited'; readonly message: string }
  /** No answer, or none that a registry gives: from a compute node it may be another matter. */
  | { readonly kind: 'unreachable'; readonly message: string };

/** The answer to a request for a manifest or a token, other than success. @param text its body */
export function toRegistryFailure(status: number, text: string): RegistryFailure {
  const message = `${status} ${wordsOf(text)}`.trim();
  if (status === 404) return { kind: 'not-found', message };
  if (status === 401 || status === 403) return { kind: 'unauthorised', message };
  if (status === 429) return { kind: 'limited', message };
  return { kind: 'unreachable', message };
}

const maxLength = 500;

/** Code and message of the first error: https://github.com/opencontainers/distribution-spec/blob/main/spec.md#error-codes */
function wordsOf(text: string): string {
  try {
    const { errors } = JSON.parse(text) as { errors?: ReadonlyArray<{ code?: unknown; message?: unknown }> };
    const [first] = errors ?? [];
    return [first?.code, first?.message]
      .filter((word) => typeof word === 'string')
      .join(': ')
      .slice(0, maxLength);
  } catch {
    return '';
  }
}
