import Type, { type Static } from 'typebox';
import { flag, listOf, mapOf } from './key.ts';

/** The kinds of streams that can be switched off, as their paths have them. */
export const streamVerbs = ['exec', 'attach', 'portforward'] as const;
/** Asymmetric ones only: with the others, who can check a token can make one. */
export const tokenAlgorithms = [
  ...(['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'] as const),
  ...(['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'] as const),
] as const;

const closed = { additionalProperties: false };
const texts = (description: string) =>
  Type.Array(Type.String({ minLength: 1 }), { minItems: 1, description, wanted: 'a list of texts' });
const textOrTexts = (description: string) =>
  Type.Union([Type.String({ minLength: 1 }), Type.Array(Type.String({ minLength: 1 }), { minItems: 1 })], {
    description,
    wanted: 'a text or a list of texts',
  });
const file = (description: string) => Type.String({ minLength: 1, description, wanted: "a file's path" });
const streams = (description: string) => Type.Array(Type.Enum([...streamVerbs]), { description });

const StaticToken = Type.Object(
  {
    Name: Type.String({
      pattern: '^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$',
      description: 'The caller is `token:NAME` to grants and logs.',
      wanted: 'a name of at most 63 letters, digits, dots, dashes and underscores',
    }),
    File: file('File with the token, read again when it changes.'),
    Groups: Type.Optional(texts('Groups that the caller is in.')),
  },
  closed,
);
export type StaticToken = Static<typeof StaticToken>;

const OIDC = Type.Object(
  {
    Issuer: Type.String({
      pattern: '^https?://[^\\s?#]+$',
      description: 'URL of the issuer, as its tokens have it in `iss`; https://, or http:// on loopback.',
      wanted: 'a URL at https://, or at http:// on loopback,',
    }),
    Audience: textOrTexts('What tokens must have in `aud`: one of these.'),
    GroupsClaim: Type.Optional(
      Type.String({ minLength: 1, description: 'The claim with the groups of a caller. Default: `groups`.' }),
    ),
    RequiredGroups: Type.Optional(texts('Only members of one of these groups may call. Default: whoever has a token.')),
    RequiredClaims: Type.Optional(
      Type.Record(Type.String(), textOrTexts(''), {
        description: 'Claims that tokens must have: name to the value, or to a list of which one must be there.',
      }),
    ),
    ClockSkew: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 300,
        description: "Seconds that the issuer's clock may be off. Default: 30.",
        wanted: 'a whole number of seconds from 0 to 300',
      }),
    ),
    Algorithms: Type.Optional(
      Type.Array(Type.Enum([...tokenAlgorithms]), {
        minItems: 1,
        description: `Signatures that are taken. Default, and all there are: ${tokenAlgorithms.join(', ')}.`,
        wanted: 'a list of algorithms',
      }),
    ),
    CAFile: Type.Optional(file("PEM file of the CA of the issuer's own certificate. Default: the system's.")),
  },
  closed,
);
export type OIDCSettings = Static<typeof OIDC>;

const Grant = Type.Object(
  {
    Identities: Type.Optional(
      texts('Who is granted it: `account`, `token:NAME`, `certificate:CN`, `oidc:SUBJECT`, letter by letter.'),
    ),
    Groups: Type.Optional(texts('And the members of these groups.')),
    Owners: Type.Optional(
      Type.Array(
        Type.String({
          pattern: '^(\\*|[A-Za-z0-9._*-]+/[A-Za-z0-9._*-]+)$',
          wanted: '`CLUSTER/NODE`, with `*` for any letters of a part, or `*` for all',
        }),
        {
          minItems: 1,
          description:
            'For whose pods they may act: `CLUSTER/NODE`, with `*` for any letters of a part; `*` alone for all. Virtual kubelets of protocol v1 act for `v1/NODE`.',
          wanted: 'a list of owners',
        },
      ),
    ),
    Pools: Type.Optional(
      texts('In which pools, by the names that routes have (`*` stands for any letters). Default: all.'),
    ),
    DenyStreams: Type.Optional(streams('Which of `exec`, `attach`, `portforward` this grant does not give.')),
    Operator: Type.Optional(
      Type.Boolean({
        description: "Whether they may see all owners' pods, logs and statistics, and change nothing there.",
      }),
    ),
  },
  closed,
);
export type Grant = Static<typeof Grant>;

const DeniedStreams = Type.Object(
  {
    Pools: Type.Optional(
      texts('In these pools (`*` stands for any letters), and where a route names no pool. Default: everywhere.'),
    ),
    Streams: streams('Which of `exec`, `attach`, `portforward` nobody may use there.'),
  },
  closed,
);
export type DeniedStreams = Static<typeof DeniedStreams>;

/** Who may call, and what for. See docs/security.md. */
export const accessKeys = {
  'Auth.Tokens': listOf(StaticToken, {
    doc: 'Further callers by tokens of their own, beside the account.',
  }),
  'Auth.OIDC': mapOf(OIDC, {
    doc: 'Callers by tokens of an OpenID Connect issuer; they are `oidc:SUBJECT`. See docs/security.md.',
  }),
  'Auth.TrustProxy': flag({
    env: ['AUTHTRUSTPROXY'],
    default: false,
    doc: 'Whether a unix socket in a private folder believes the headers by which oauth2-proxy says who calls (`X-Forwarded-User`, `X-Forwarded-Groups`). Nobody is let in there without them, or a token, any more. Every other listener ignores them.',
  }),
  'Policy.Grants': listOf(Grant, {
    doc: 'Who may act for whose pods; grants add up. Default: whoever is let in, for all. Once it is set, only what it grants.',
  }),
  'Policy.DenyStreams': listOf(DeniedStreams, {
    doc: 'Streams that are switched off for everybody, by pool.',
  }),
} as const;
