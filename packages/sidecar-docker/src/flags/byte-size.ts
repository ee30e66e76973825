const factors: Readonly<Record<string, number>> = { '': 1, b: 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30, t: 2 ** 40 };

/** A size as `docker run` has it: `64m`, `1g`, `1024`. Undefined when it is none. */
export function parseByteSize(text: string): number | undefined {
  const match = /^(\d+)([bkmgt]?)b?$/.exec(text.toLowerCase());
  if (match === null) return undefined;
  const [, digits = '', unit = ''] = match;
  return Number(digits) * (factors[unit] ?? 1);
}
