/**
 * Loads `@peculiar/x509` when it is needed: it takes a tenth of a second and 20 MB. Its dependency injection wants the Reflect
 * metadata API, which has to be there first.
 */
export async function loadX509(): Promise<typeof import('@peculiar/x509')> {
  await import('reflect-metadata');
  return await import('@peculiar/x509');
}
