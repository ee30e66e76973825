const suffixes: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/**
 * Reads a Kubernetes quantity as a number: cores, or bytes. Undefined when it is none.
 * @see https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
 */
export function parseQuantity(text: string): number | undefined {
  const match = /^([+-]?(?:\d+(?:\.\d*)?|\.\d+))(?:([numkMGTPE]i?|[KMGTPE]i)?|[eE]([+-]?\d+))$/.exec(text);
  if (match === null) return undefined;
  const [, digits = '', suffix = '', exponent = '0'] = match;
  const factor = suffixes[suffix];
  // Zero times a power that is beyond all numbers is zero.
  return factor === undefined ? undefined : Number(digits) * factor * 10 ** Number(exponent) || 0;
}
