/** The kubelet's for images and for containers that can't be created: 10 s, doubled up to 5 min. */
const firstMs = 10_000;
const lastMs = 300_000;

/** How long to wait after so many failures in a row, in milliseconds. @param failures counts from 1 */
export function backOffMs(failures: number): number {
  return Math.min(firstMs * 2 ** (failures - 1), lastMs);
}
