/**
 * InterLink, the gateway between virtual kubelets and sidecars. It keeps nothing.
 *
 *   run-interlink.ts   the process
 *   auth/              what callers may, and the audit of it
 *   routes/            protocol v2, passed through by its path; protocol v1, translated
 *   sidecar/           the way to the sidecar, whichever generation it speaks
 */
export { runInterLink } from './run-interlink.ts';
