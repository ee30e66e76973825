/**
 * How many times longer than on a developer's machine a test waits for something before it gives up. A machine of CI
 * may be slow and shared; who waits for what comes loses nothing by a late end.
 */
export const PATIENCE = process.env.CI === undefined ? 1 : 3;
