import Type, { type Static } from 'typebox';
import { listOf } from './key.ts';

const file = (description: string) => Type.Optional(Type.String({ minLength: 1, description, wanted: 'a path' }));

/** One row of InterLink's route table. */
const SidecarRow = Type.Object(
  {
    Name: Type.String({
      pattern: '^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$',
      description: 'What `/readyz?verbose`, logs and messages call it.',
      wanted: 'a name of letters, digits, -, _ and .',
    }),
    URL: Type.String({
      // Nothing behind the port: a path would not be asked, and a password would be shown in messages.
      pattern: '^(https?://[^/@?#]+/?|unix:///.+)$',
      description: 'Where it listens: `http://host:port`, `https://host:port` or `unix:///path`.',
      wanted: 'http://host:port, https://host:port or unix:///path',
    }),
    Nodes: Type.Optional(
      Type.Array(
        Type.String({
          pattern: '^[A-Za-z0-9*][-A-Za-z0-9_.*]*(/[A-Za-z0-9*][-A-Za-z0-9_.*]*)?$',
          maxLength: 400,
          wanted: 'NODE or CLUSTER/NODE, with * in it for any rest,',
        }),
        {
          minItems: 1,
          description:
            'The virtual nodes whose pods it has: `NODE` of any cluster, or `CLUSTER/NODE`; `*` stands for any rest. Default: `*`, all that no other row says more of.',
          wanted: 'a list of names or patterns of nodes',
        },
      ),
    ),
    Pool: Type.Optional(
      Type.String({
        minLength: 1,
        description: 'Of the pools that it announces, the one that these nodes stand for. Default: as it says itself.',
        wanted: 'the name of a pool',
      }),
    ),
    TokenFile: file(
      'File with the bearer token that it is shown. Default: the account token to one on this machine, none to others.',
    ),
    CACertFile: file('Whose certificate it has, for `https://`. Default: one of a CA that the system trusts.'),
    CertFile: file('The certificate that it is shown, with KeyFile.'),
    KeyFile: file('The key of CertFile.'),
    CreatePayload: Type.Optional(
      Type.Enum(['object', 'list'], {
        description:
          'What a v1 plugin is sent to create a pod: one object, or a list of one as plugins before 0.5 want it. Default: `object`.',
      }),
    ),
    SettleSeconds: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 86_400,
        description:
          'How long a v1 plugin is only asked for `/status` of a pod when it is not known whether a create had an effect. Default: V1.SettleSeconds.',
        wanted: 'a whole number of seconds, a day at most,',
      }),
    ),
  },
  { additionalProperties: false },
);
export type SidecarRow = Static<typeof SidecarRow>;

export const sidecarsKey = listOf(SidecarRow, {
  doc: 'Several sidecars behind one InterLink, and whose pods go to which: see docs/sidecars.md. Default: one for all nodes, by SidecarURL, SidecarService and SidecarPort.',
});
