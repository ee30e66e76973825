import Type, { type Static } from 'typebox';
import { mockCapabilities } from '../capabilities.ts';
import { closed, flag, quantity, seconds, text } from './shapes.ts';

const PoolShape = Type.Object(
  {
    name: text('Its name, which InterLink’s `Pool` can ask for.'),
    capacity: Type.Record(Type.String(), quantity, {
      description:
        'Quantities: `cpu`, `memory`, `pods`, `ephemeral-storage`, and devices such as `nvidia.com/gpu`. A v1 ping tells those of the first pool, as `resources`, too.',
    }),
    labels: Type.Optional(Type.Record(Type.String(), Type.String(), { description: 'Labels of the node.' })),
    taints: Type.Optional(
      Type.Array(
        Type.Object(
          {
            key: text('Its key.'),
            value: Type.Optional(Type.String({ description: 'Its value. Default: none.' })),
            effect: Type.Enum(['NoSchedule', 'PreferNoSchedule', 'NoExecute'], {
              description: '`NoSchedule`, `PreferNoSchedule` or `NoExecute`.',
            }),
          },
          closed,
        ),
        { description: 'Taints of the node; a v1 ping tells them, too. Without the key, taints stay as they are.' },
      ),
    ),
  },
  closed,
);

/** What the mock says of itself, in place of its own words. */
export const CapabilitiesShape = Type.Object(
  {
    pools: Type.Optional(Type.Array(PoolShape, { description: 'Default: one, `mock`, with plenty of room.' })),
    queues: Type.Optional(flag('Whether the backend schedules by itself. Default: false.')),
    durable: Type.Optional(flag('Whether a restart keeps pods, which the mock’s does not. Default: false.')),
    kubeconfig: Type.Optional(flag('Whether it wants a kubeconfig. Default: true.')),
    enforcesDeadline: Type.Optional(
      flag('Whether it ends pods past their deadline, which the mock does not. Default: false.'),
    ),
    verbs: Type.Optional(
      Type.Array(Type.Enum([...mockCapabilities.verbs]), {
        description:
          'What is announced; calls of others are answered all the same. Default: all but `render` and `rendering`.',
      }),
    ),
    volumeTypes: Type.Optional(
      Type.Array(Type.Enum([...mockCapabilities.volumeTypes]), { description: 'What is announced. Default: all.' }),
    ),
    unsafeSysctls: Type.Optional(
      Type.Array(Type.String(), { description: 'Sysctls that pods may set. Default: none.' }),
    ),
    warnings: Type.Optional(Type.Array(Type.String(), { description: 'What an administrator should know.' })),
  },
  closed,
);
export type CapabilitiesShape = Static<typeof CapabilitiesShape>;

/** A time in which the backend does not answer. */
export const OutageShape = Type.Object(
  {
    afterSeconds: seconds('When it begins, since the file was read.'),
    forSeconds: seconds('How long it lasts.'),
  },
  closed,
);
export type OutageShape = Static<typeof OutageShape>;
