/** Sites by what pods run on beside the mock: the process sidecar, the same on a small disk of its own, the Docker sidecar, the Slurm sidecar. */
export const siteKinds = ['process', 'disk', 'docker', 'slurm'] as const;

export type SiteKind = (typeof siteKinds)[number];

export function isSiteKind(text: string): text is SiteKind {
  return siteKinds.some((kind) => kind === text);
}
