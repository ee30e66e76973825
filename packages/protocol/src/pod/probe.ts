import Type, { type Static } from 'typebox';

/**
 * How a container is asked how it does, and what is done after its start and before its end
 * (https://kubernetes.io/docs/concepts/workloads/pods/probes/,
 * https://kubernetes.io/docs/concepts/containers/container-lifecycle-hooks/). Defaults are the API server's, which sends them
 * filled in; a number that is absent means the same.
 */
const PortNumber = Type.Integer({ minimum: 1, maximum: 65_535 });
/** A number, or the name of one of the container's `ports`. */
const PortReference = Type.Union([PortNumber, Type.String()]);

export const ContainerPort = Type.Object({
  containerPort: PortNumber,
  name: Type.Optional(Type.String()),
  protocol: Type.Optional(Type.String()),
  hostPort: Type.Optional(Type.Integer({ minimum: 0, maximum: 65_535 })),
  hostIP: Type.Optional(Type.String()),
});
export type ContainerPort = Static<typeof ContainerPort>;

export const ExecAction = Type.Object({ command: Type.Optional(Type.Array(Type.String())) });
export type ExecAction = Static<typeof ExecAction>;

export const HttpGetAction = Type.Object({
  port: PortReference,
  path: Type.Optional(Type.String()),
  /** Default: the pod's address. */
  host: Type.Optional(Type.String()),
  scheme: Type.Optional(Type.Enum(['HTTP', 'HTTPS'])),
  httpHeaders: Type.Optional(Type.Array(Type.Object({ name: Type.String(), value: Type.Optional(Type.String()) }))),
});
export type HttpGetAction = Static<typeof HttpGetAction>;

export const TcpSocketAction = Type.Object({
  port: PortReference,
  /** Default: the pod's address. */
  host: Type.Optional(Type.String()),
});
export type TcpSocketAction = Static<typeof TcpSocketAction>;

export const GrpcAction = Type.Object({
  port: PortNumber,
  /** Of https://github.com/grpc/grpc/blob/master/doc/health-checking.md; default: the whole server. */
  service: Type.Optional(Type.String()),
});
export type GrpcAction = Static<typeof GrpcAction>;

/** One of the actions, and when it is done. An action that no schema names passes through; who runs probes refuses it. */
export const Probe = Type.Object({
  exec: Type.Optional(ExecAction),
  httpGet: Type.Optional(HttpGetAction),
  tcpSocket: Type.Optional(TcpSocketAction),
  grpc: Type.Optional(GrpcAction),
  initialDelaySeconds: Type.Optional(Type.Integer({ minimum: 0 })),
  /** Default: 10. */
  periodSeconds: Type.Optional(Type.Integer({ minimum: 0 })),
  /** Default: 1. */
  timeoutSeconds: Type.Optional(Type.Integer({ minimum: 0 })),
  /** Default: 1. */
  successThreshold: Type.Optional(Type.Integer({ minimum: 0 })),
  /** Default: 3. */
  failureThreshold: Type.Optional(Type.Integer({ minimum: 0 })),
  /** Instead of the pod's own, when this probe ends the container. */
  terminationGracePeriodSeconds: Type.Optional(Type.Integer({ minimum: 0 })),
});
export type Probe = Static<typeof Probe>;

export const LifecycleHandler = Type.Object({
  exec: Type.Optional(ExecAction),
  httpGet: Type.Optional(HttpGetAction),
  sleep: Type.Optional(Type.Object({ seconds: Type.Integer({ minimum: 0 }) })),
  /** Kept by Kubernetes for old clients: it fails whenever it is run. */
  tcpSocket: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
});
export type LifecycleHandler = Static<typeof LifecycleHandler>;

export const Lifecycle = Type.Object({
  postStart: Type.Optional(LifecycleHandler),
  preStop: Type.Optional(LifecycleHandler),
  /** Sent to end the container; default: the image's, or TERM. */
  stopSignal: Type.Optional(Type.String({ pattern: '^SIG[A-Z0-9+-]{1,16}$' })),
});
export type Lifecycle = Static<typeof Lifecycle>;
