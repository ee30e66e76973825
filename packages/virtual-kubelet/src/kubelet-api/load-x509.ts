/**
 * Loads `@peculiar/x509` when it is needed: it takes a tenth of a second and 20 MB. Its dependency injection asks at load time
 * for the Reflect metadata API, which TypeScript's decorators would fill; nothing here has any, so empty answers are enough.
 */
export function loadX509(): Promise<typeof import('@peculiar/x509')> {
  const answers = {
    getMetadata: () => undefined,
    getOwnMetadata: () => undefined,
    hasOwnMetadata: () => false,
    defineMetadata: () => undefined,
    metadata: () => () => undefined,
  };
  for (const [name, value] of Object.entries(answers)) {
    if (!(name in Reflect)) Object.defineProperty(Reflect, name, { value, configurable: true, writable: true });
  }
  return import('@peculiar/x509');
}
