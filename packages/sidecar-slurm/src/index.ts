export { slurmSidecar } from './sidecar.ts';
