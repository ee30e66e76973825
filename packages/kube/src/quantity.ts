/**
 * Kubernetes quantities: `100m`, `1.5Gi`, `2e3`.
 * Rules: https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
 */

const FORM = /^([+-]?)(\d+(?:\.\d*)?|\.\d+)(?:([KMGTPE]i)|([numkMGTPE])|[eE]([+-]?\d{1,3}))?$/;
const BINARY_POWER: Record<string, number> = { Ki: 10, Mi: 20, Gi: 30, Ti: 40, Pi: 50, Ei: 60 };
const DECIMAL_EXPONENT: Record<string, number> = { n: -9, u: -6, m: -3, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 };

/** digits × 2^binaryPower × 10^exponent, exactly. */
interface ExactQuantity {
  digits: bigint;
  binaryPower: number;
  exponent: number;
}

/**
 * The value of a quantity in its base unit: cores for cpu, bytes for memory. The nearest double where it is not exact.
 * @throws Error naming the value when it is not a quantity.
 */
export function parseQuantity(text: string): number {
  const { digits, binaryPower, exponent } = toExact(text);
  // Read as one decimal it is rounded once, and neither part of it is beyond all numbers by itself: 0e999, or 400 digits of a fraction.
  return Number(`${digits}e${exponent}`) * 2 ** binaryPower;
}

/**
 * The value of a quantity in thousandths (milli-cores), rounded up as Kubernetes does (`Quantity.MilliValue`).
 * @throws Error naming the value when it is not a quantity.
 */
export function quantityToMillis(text: string): number {
  return ceilTimesTenTo(toExact(text), 3);
}

/**
 * The value of a quantity in whole units (bytes, cores), rounded up as Kubernetes does (`Quantity.Value`).
 * @throws Error naming the value when it is not a quantity.
 */
export function quantityToBytes(text: string): number {
  return ceilTimesTenTo(toExact(text), 0);
}

function toExact(text: string): ExactQuantity {
  const match = FORM.exec(text);
  if (match === null) {
    throw new Error(
      `Cannot parse quantity "${text}": want a number with an optional suffix, like "500m", "1.5Gi" or "2e3"`,
    );
  }
  const [, sign = '', number = '', binary, decimal, exponent] = match;
  const [whole = '', fraction = ''] = number.split('.');
  const magnitude = BigInt(`${whole}${fraction}`);
  return {
    digits: sign === '-' ? -magnitude : magnitude,
    binaryPower: binary === undefined ? 0 : (BINARY_POWER[binary] ?? 0),
    exponent: (decimal === undefined ? Number(exponent ?? 0) : (DECIMAL_EXPONENT[decimal] ?? 0)) - fraction.length,
  };
}

function ceilTimesTenTo({ digits, binaryPower, exponent }: ExactQuantity, power: number): number {
  const numerator = digits << BigInt(binaryPower);
  const shift = exponent + power;
  if (shift >= 0) return Number(numerator * 10n ** BigInt(shift));
  const divisor = 10n ** BigInt(-shift);
  const quotient = numerator / divisor;
  return Number(numerator > 0n && numerator % divisor !== 0n ? quotient + 1n : quotient);
}
