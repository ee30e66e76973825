import Type from 'typebox';
import { streamProtocol } from '../streaming/channels.ts';
import { problemsOf, refer } from './answers.ts';
import type { Operation, Parameter, PathItem } from './document.ts';

const handshake: ReadonlyArray<Parameter> = [
  { name: 'Upgrade', in: 'header', required: true, schema: Type.Literal('websocket') },
  { name: 'Connection', in: 'header', required: true, schema: Type.Literal('Upgrade') },
  { name: 'Sec-WebSocket-Version', in: 'header', required: true, schema: Type.Literal('13') },
  {
    name: 'Sec-WebSocket-Key',
    in: 'header',
    required: true,
    schema: Type.String({ pattern: '^[+/0-9A-Za-z]{22}==$' }),
  },
  { name: 'Sec-WebSocket-Protocol', in: 'header', required: true, schema: Type.Literal(streamProtocol) },
];
const flags: ReadonlyArray<Parameter> = (['stdin', 'stdout', 'stderr', 'tty'] as const).map((name) => ({
  ...{ name, in: 'query', schema: Type.Boolean(), description: 'One of stdin, stdout and stderr at least.' },
}));
const command: Parameter = {
  ...{
    name: 'command',
    in: 'query',
    required: true,
    description: 'The program and its arguments, one parameter each.',
  },
  schema: Type.Array(Type.String({ pattern: '^[^\\u0000]*$' }), { minItems: 1 }),
};
const port: Parameter = {
  ...{ name: 'port', in: 'query', required: true, schema: Type.Integer({ minimum: 1, maximum: 65_535 }) },
};

/** Exec, attach and port-forward: WebSockets, whose framing docs/protocol.md has. */
export function streamPaths(
  prefix: string,
  pod: ReadonlyArray<Parameter>,
  container: ReadonlyArray<Parameter>,
): Record<string, PathItem> {
  const containerPath = `${prefix}/pods/{uid}/containers/{container}`;
  const exec = stream('execInContainer', 'Runs a command.', [...container, command, ...flags]);
  const attach = stream('attachToContainer', "Connects to the container's own process.", [...container, ...flags]);
  const forward = stream('forwardPort', 'One TCP connection to a port of the pod.', [...pod, port]);
  return {
    [`${containerPath}/exec`]: { get: exec },
    [`${containerPath}/attach`]: { get: attach },
    [`${prefix}/pods/{uid}/portforward`]: { get: forward },
  };
}

function stream(operationId: string, summary: string, parameters: ReadonlyArray<Parameter>): Operation {
  return {
    ...{ operationId, tags: ['v2'], summary, parameters: [...parameters, ...handshake] },
    responses: {
      '101': { description: `A WebSocket of subprotocol ${streamProtocol}.` },
      ...problemsOf('passed on', false),
      ...refer(['422']),
    },
  };
}
