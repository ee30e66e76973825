/** What processes of a site do. */
export const roles = ['kubelet', 'interlink', 'sidecar', 'mock'] as const;

export type Role = (typeof roles)[number];
