import Type, { type Static } from 'typebox';
import { closed, count, flag, pattern, scalar, seconds, text } from './shapes.ts';

/** One step of a container. */
export const StepShape = Type.Object(
  {
    atSeconds: seconds('When, since the pod’s create.'),
    waiting: Type.Optional(
      text('It waits, for this reason: `ContainerCreating`, `ImagePullBackOff`, `CrashLoopBackOff`.'),
    ),
    running: Type.Optional(flag('`true`: it runs. After an exit, that is a restart.')),
    exitCode: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 255,
        description: 'It ends, with this code.',
        wanted: 'a number of 0 to 255',
      }),
    ),
    reason: Type.Optional(text('Why it ended. Default: `Completed` or `Error`.')),
    message: Type.Optional(text('More about why it waits or ended.')),
  },
  closed,
);
export type StepShape = Static<typeof StepShape>;

const steps = (description: string) => Type.Array(StepShape, { minItems: 1, description, wanted: 'a list of steps' });

export const LogFloodShape = Type.Object(
  {
    linesPerSecond: count('How many lines a second.'),
    bytesPerLine: Type.Optional(count('How long each is, with its newline. Default: 100.')),
    forSeconds: Type.Optional(seconds('For how long. Default: as long as the container runs.')),
  },
  closed,
);

export const EventFloodShape = Type.Object(
  {
    eventsPerSecond: count('How many events a second.'),
    forSeconds: Type.Optional(seconds('For how long. Default: until the pod ends.')),
    type: Type.Optional(Type.Enum(['Normal', 'Warning'], { description: '`Normal` or `Warning`. Default: `Normal`.' })),
    reason: Type.Optional(text('Default: `Flood`.')),
    message: Type.Optional(text('Gets a number behind it. Default: `event`.')),
  },
  closed,
);

/** Which pods, and what becomes of them. */
export const PodRuleShape = Type.Object(
  {
    match: Type.Optional(
      Type.Object(
        {
          namespace: Type.Optional(pattern('Of this namespace; `*` stands for any rest.')),
          name: Type.Optional(pattern('Of this name; `*` stands for any rest.')),
          labels: Type.Optional(
            Type.Record(Type.String(), Type.String(), { description: 'With all of these labels.' }),
          ),
        },
        { ...closed, description: 'Which pods. Default: all. Of the rules that fit a pod, the first counts.' },
      ),
    ),
    annotations: Type.Optional(
      Type.Record(Type.String(), scalar('a text, a number, true or false'), {
        description:
          'Names of annotations without `mock.interlink.eu/`, and their values: as if the pod had them. What it has itself goes before.',
      }),
    ),
    timeline: Type.Optional(steps('What becomes of its containers, and when.')),
    containers: Type.Optional(
      Type.Record(Type.String(), steps(''), {
        description:
          'The same for containers by name, init containers too. Those without steps of their own go by `timeline`.',
      }),
    ),
    logFlood: Type.Optional(
      Type.Object(LogFloodShape.properties, {
        ...closed,
        description: 'The log of each container, made while it is read. `attach` gives none of it.',
      }),
    ),
    eventFlood: Type.Optional(
      Type.Object(EventFloodShape.properties, { ...closed, description: 'Events, from the create on.' }),
    ),
  },
  closed,
);
export type PodRuleShape = Static<typeof PodRuleShape>;
