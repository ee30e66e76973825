import { nearest } from '@interlink/service-kit';

/**
 * A line for each annotation that is in the domain of one that the sidecar reads, and is none of those: most likely it is misspelt.
 * What other domains hold is for others.
 * @param known names in full, such as `docker-options.vk.io/flags`
 */
export function unknownAnnotations(
  annotations: Readonly<Record<string, string>> | undefined,
  known: ReadonlyArray<string>,
): string[] {
  const names = Object.keys(annotations ?? {}).filter((name) => !known.includes(name));
  return names.flatMap((name) => {
    const domain = name.slice(0, name.indexOf('/') + 1);
    const siblings = known.filter((one) => domain !== '' && one.startsWith(domain));
    if (siblings.length === 0) return [];
    const lastPart = (one: string) => one.slice(domain.length);
    const near = nearest(lastPart(name), siblings.map(lastPart));
    const hint = near === undefined ? `one of ${siblings.join(', ')} is wanted` : `did you mean ${domain}${near}?`;
    return [`annotation ${name} is unknown: ${hint}`];
  });
}
