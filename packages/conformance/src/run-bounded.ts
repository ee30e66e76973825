/** Runs them all, so many at one time. @returns results in the order of the items */
export async function runBounded<T, R>(
  items: ReadonlyArray<T>,
  parallel: number,
  run: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  const waiting = items.entries();
  const worker = async () => {
    for (const [index, item] of waiting) results[index] = await run(item);
  };
  await Promise.all(Array.from({ length: Math.max(1, parallel) }, worker));
  return results;
}
