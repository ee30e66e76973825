import { errorCodes } from '@interlink/sidecar-sdk';
import Type, { type Static } from 'typebox';
import { closed, count, seconds, text } from './shapes.ts';

/** An error, a delay or both, for some of the calls of one kind. */
export const CallRuleShape = Type.Object(
  {
    error: Type.Optional(
      Type.Enum([...errorCodes], { description: 'The code that they fail with. Default: they only take longer.' }),
    ),
    message: Type.Optional(text('The error’s words.')),
    delaySeconds: Type.Optional(seconds('How long they wait first. Default: 0.')),
    every: Type.Optional(count('Only each n-th call.')),
    first: Type.Optional(count('Only the first n calls.')),
    afterSeconds: Type.Optional(seconds('Only from then on, since the file was read. Default: 0.')),
    forSeconds: Type.Optional(seconds('Only for so long from then. Default: for ever.')),
  },
  closed,
);
export type CallRuleShape = Static<typeof CallRuleShape>;

const rules = (description: string) => Type.Optional(Type.Array(CallRuleShape, { description }));

export const CallsShape = Type.Object(
  {
    create: rules('Rules for creates; of those that fit a call, the first counts.'),
    delete: rules('The same for deletes.'),
    status: rules('The same for lists of v2 and `/status` of v1, but for its ping.'),
    log: rules('The same for logs, as they are opened.'),
    watch: rules('The same for streams of v2, as they are opened.'),
  },
  closed,
);
export type CallsShape = Static<typeof CallsShape>;
export type CallKind = keyof CallsShape;
