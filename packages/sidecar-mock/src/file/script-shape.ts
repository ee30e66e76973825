import Type, { type Static } from 'typebox';
import { CallsShape } from './call-shape.ts';
import { PodRuleShape } from './pod-shape.ts';
import { closed, text } from './shapes.ts';
import { CapabilitiesShape, OutageShape } from './site-shape.ts';

/** The whole file. Each member's meaning is its `description`; docs/mock.md is written from them. */
export const ScriptShape = Type.Object(
  {
    protocol: Type.Optional(
      Type.Enum(['v1', 'v2'], {
        description:
          '`v1`: nothing is at `/v2`, as with a plugin of old. `v2`: the routes of v1 are not there. Default: both.',
      }),
    ),
    misbehave: Type.Optional(
      text('A way to be wrong, as `MOCK_MISBEHAVE`, which goes before; read at the start only.'),
    ),
    capabilities: Type.Optional(
      Type.Object(CapabilitiesShape.properties, { ...closed, description: 'What the mock says of itself.' }),
    ),
    outages: Type.Optional(
      Type.Array(OutageShape, {
        description:
          'Times in which the backend does not answer: calls fail with `unavailable`, streams end, pods go on.',
      }),
    ),
    calls: Type.Optional(
      Type.Object(CallsShape.properties, { ...closed, description: 'Errors and delays, of both generations’ calls.' }),
    ),
    pods: Type.Optional(
      Type.Array(PodRuleShape, { description: 'What becomes of pods that do not say it themselves.' }),
    ),
  },
  closed,
);
export type ScriptShape = Static<typeof ScriptShape>;
