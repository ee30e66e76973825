/**
 * A Kubernetes API in one process and in memory, for trying things out and for tests. Not for production: nothing is kept, whoever
 * gets in may do everything, and what it leaves out it leaves out on purpose (see README.md).
 *
 *   start-dev-cluster.ts   what to call
 *   kinds/                 the table of kinds, with their columns, defaults and checks
 *   store/                 objects, versions, history, selectors
 *   api/                   what is asked and answered: read, watch, create, update, delete, discovery
 *   patch/                 JSON patch, merge patch, strategic merge patch
 *   controllers/           namespaces, and a scheduler that binds a pod to a node it tolerates and selects
 *   server/                HTTPS, certificates, tokens, the way on to kubelet ports
 */
export { applyStrategicMerge } from './patch/strategic-merge.ts';
export { type DevCluster, type DevClusterOptions, startDevCluster } from './start-dev-cluster.ts';
