/** The annotation in which a virtual kubelet shows the backend's own name for a pod: whoever has it was once taken. */
export const jobAnnotation = 'JobID';
