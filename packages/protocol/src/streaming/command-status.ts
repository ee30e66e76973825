import Type, { type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import { type ErrorCode, errorCodes, InterLinkError } from '../errors/interlink-error.ts';
import type { CommandEnd } from './remote-command.ts';

/**
 * What the status channel carries: Kubernetes' `metav1.Status`
 * (https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/), as the kubelet writes it for a command.
 */
const CommandStatus = Type.Object({
  metadata: Type.Optional(Type.Object({})),
  status: Type.Optional(Type.String()),
  message: Type.Optional(Type.String()),
  reason: Type.Optional(Type.String()),
  details: Type.Optional(
    Type.Object({
      causes: Type.Optional(
        Type.Array(Type.Object({ reason: Type.Optional(Type.String()), message: Type.Optional(Type.String()) })),
      ),
    }),
  ),
  code: Type.Optional(Type.Integer()),
});
export type CommandStatus = Static<typeof CommandStatus>;

const statusCheck = Compile(CommandStatus);

/** Causes of ours, beside Kubernetes' `ExitCode`: what an InterLinkError has besides its message. */
const codeCause = 'InterLinkCode';
const reasonCause = 'InterLinkReason';

export function toCommandStatus(end: CommandEnd): CommandStatus {
  if (end.error !== undefined) return toErrorStatus(end.error);
  if (end.exitCode === 0) return { metadata: {}, status: 'Success' };
  return {
    metadata: {},
    status: 'Failure',
    message: `command terminated with non-zero exit code: exit status ${end.exitCode}`,
    reason: 'NonZeroExitCode',
    details: { causes: [{ reason: 'ExitCode', message: String(end.exitCode) }] },
  };
}

/** Reads the status of any peer; one that makes no sense is an error `internal`, never a success. */
export function parseCommandStatus(payload: Buffer): CommandEnd {
  const text = payload.toString('utf8');
  const status = parseJson(text);
  if (!statusCheck.Check(status)) return { error: notUnderstood(text) };
  if (status.status === 'Success') return { exitCode: 0 };
  const causeOf = (reason: string) => status.details?.causes?.find((cause) => cause.reason === reason)?.message;
  if (status.reason === 'NonZeroExitCode') {
    const exitCode = causeOf('ExitCode') ?? '';
    return /^\d{1,3}$/.test(exitCode) ? { exitCode: Number(exitCode) } : { error: notUnderstood(text) };
  }
  const code = errorCodes.find((candidate) => candidate === causeOf(codeCause));
  const first = status.details?.causes?.[0]?.message;
  const message = (code === undefined ? status.message : first) ?? 'The command failed without a message';
  return { error: new InterLinkError(code ?? 'internal', message, { reason: causeOf(reasonCause) }) };
}

function toErrorStatus({ code, message, reason }: InterLinkError): CommandStatus {
  const ours: Array<{ reason: string; message: string }> = [{ reason: codeCause, message: code satisfies ErrorCode }];
  if (reason !== undefined) ours.push({ reason: reasonCause, message: reason });
  return {
    metadata: {},
    status: 'Failure',
    message: `Internal error occurred: error executing command in container: ${message}`,
    reason: 'InternalError',
    details: { causes: [{ message }, ...ours] },
    code: 500,
  };
}

function notUnderstood(text: string): InterLinkError {
  return new InterLinkError('internal', `The peer's status of the command makes no sense: ${text.slice(0, 200)}`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
