/** A deep copy without the members that are `null`: Go's way of writing "absent". Array elements stay. */
export function dropNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(dropNulls);
  if (typeof value !== 'object' || value === null) return value;
  const kept: Record<string, unknown> = {};
  for (const [key, member] of Object.entries(value)) {
    if (member !== null) kept[key] = dropNulls(member);
  }
  return kept;
}
