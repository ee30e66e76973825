/** JSON with big integers in full: what counts nanoseconds is beyond 2^53 after 104 days. */
export function renderExactJson(value: unknown): string {
  const raw = JSON as JSON & { rawJSON(text: string): unknown };
  return JSON.stringify(value, (_key, one: unknown) => (typeof one === 'bigint' ? raw.rawJSON(String(one)) : one));
}
