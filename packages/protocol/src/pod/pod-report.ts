import Type, { type Static } from 'typebox';
import { LabelName, SubdomainName, Uid } from '../names.ts';
import { Time } from '../time.ts';
import { parserOf } from '../validate.ts';

/**
 * What a backend reports of a pod, in Kubernetes' own spelling
 * (https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#PodStatus).
 * Times are RFC 3339. The virtual kubelet derives phase and conditions from the containers.
 */
export const ContainerState = Type.Object({
  waiting: Type.Optional(Type.Object({ reason: Type.Optional(Type.String()), message: Type.Optional(Type.String()) })),
  running: Type.Optional(Type.Object({ startedAt: Type.Optional(Time) })),
  terminated: Type.Optional(
    Type.Object({
      exitCode: Type.Integer(),
      signal: Type.Optional(Type.Integer()),
      reason: Type.Optional(Type.String()),
      message: Type.Optional(Type.String()),
      startedAt: Type.Optional(Time),
      finishedAt: Type.Optional(Time),
      containerID: Type.Optional(Type.String()),
    }),
  ),
});
export type ContainerState = Static<typeof ContainerState>;

export const ContainerStatus = Type.Object({
  name: LabelName,
  state: ContainerState,
  lastState: Type.Optional(ContainerState),
  ready: Type.Boolean(),
  started: Type.Optional(Type.Boolean()),
  restartCount: Type.Integer({ minimum: 0 }),
  image: Type.String(),
  imageID: Type.String(),
  containerID: Type.Optional(Type.String()),
});
export type ContainerStatus = Static<typeof ContainerStatus>;

/** What a queueing backend adds: shown as the waiting message, so that a user sees why a job has not started. */
export const QueueStatus = Type.Object({
  state: Type.String(),
  reason: Type.Optional(Type.String()),
  estimatedStart: Type.Optional(Time),
});

export const PodReportStatus = Type.Object({
  /** Only when the backend itself ended the pod (deadline, eviction, lost node): the phase is otherwise derived. */
  phase: Type.Optional(Type.Literal('Failed')),
  reason: Type.Optional(Type.String()),
  message: Type.Optional(Type.String()),
  startTime: Type.Optional(Time),
  podIP: Type.Optional(Type.String()),
  initContainerStatuses: Type.Optional(Type.Array(ContainerStatus)),
  containerStatuses: Type.Array(ContainerStatus),
  /** The backend's own name for it, a Slurm job id for example. */
  jobID: Type.Optional(Type.String()),
  queue: Type.Optional(QueueStatus),
});
export type PodReportStatus = Static<typeof PodReportStatus>;

export const PodReport = Type.Object({
  uid: Uid,
  namespace: LabelName,
  name: SubdomainName,
  status: PodReportStatus,
  /**
   * The backend knows the pod but lost the request before it was carried out (restarted during an image pull, say):
   * its owner PUTs it again, or DELETEs it.
   */
  incomplete: Type.Optional(Type.Boolean()),
});
export type PodReport = Static<typeof PodReport>;

/** The answer to `GET …/pods`. */
export const PodReportList = Type.Object({ items: Type.Array(PodReport) });
export type PodReportList = Static<typeof PodReportList>;

export const parsePodReport = parserOf(PodReport, 'report of a pod');
export const parsePodReportList = parserOf(PodReportList, 'list of pods');
