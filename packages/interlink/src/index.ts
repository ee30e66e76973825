/**
 * InterLink, the gateway between virtual kubelets and sidecars. It keeps nothing.
 *
 *   run-interlink.ts   the process
 *   auth/              what callers may, and the audit of it
 *   routes/            protocol v2, passed through by its path; protocol v1, translated
 *   fan-out/           watches of the same pods, as one stream of the sidecar
 *   metrics/           how sidecars answer, in numbers
 *   ui/                what the site's operator sees in a browser
 *   sidecar/           which sidecar has a node's pods (routing/), and the way to it, whichever generation it speaks; a virtual kubelet before a v1 InterLink goes it, too
 */
export { runInterLink } from './run-interlink.ts';
export { detectProtocol } from './sidecar/detect-protocol.ts';
export { configuredRoutes, openTarget as openSidecarTarget } from './sidecar/routing/open-routes.ts';
export type { SidecarRoute } from './sidecar/routing/sidecar-route.ts';
export { sidecarToken } from './sidecar/routing/sidecar-token.ts';
export { V1Backend } from './sidecar/v1-backend.ts';
export { V1Client } from './sidecar/v1-client.ts';
export { toInterLink } from './sidecar/v1-hop.ts';
export { type PodRow, type PodState, podStates, toPodRow } from './ui/board/pod-row.ts';
