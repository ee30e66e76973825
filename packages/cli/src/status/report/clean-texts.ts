/** Plain data with every text of it, keys included, as `clean` has it: peers and authors of pods choose both. */
export function cleanTexts<T>(data: T, clean: (text: string) => string): T {
  return cleanAny(data, clean) as T;
}

function cleanAny(data: unknown, clean: (text: string) => string): unknown {
  if (typeof data === 'string') return clean(data);
  if (Array.isArray(data)) return data.map((element) => cleanAny(element, clean));
  if (typeof data !== 'object' || data === null) return data;
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [clean(key), cleanAny(value, clean)]));
}
