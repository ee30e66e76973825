/** The value of an input that is JSON; undefined for others, as whoever reads bodies answers them before any parser of ours. */
export function jsonOf(input: Buffer): unknown {
  try {
    return JSON.parse(input.toString());
  } catch {
    return undefined;
  }
}
