import { parseQuantity } from '@interlink/kube';

type Quantities = Readonly<Record<string, string>>;

/**
 * The wanted quantities, each in the API's own words where it means the same: the API writes `1024Mi` as `1Gi`, and what differs
 * in its words only must not be patched for ever.
 */
export function keepEqualQuantities(current: Quantities | undefined, wanted: Quantities): Record<string, string> {
  return Object.fromEntries(
    Object.entries(wanted).map(([name, quantity]) => {
      const before = current?.[name];
      return [name, before !== undefined && parseQuantity(before) === parseQuantity(quantity) ? before : quantity];
    }),
  );
}
