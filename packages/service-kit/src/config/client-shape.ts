import Type, { type Static } from 'typebox';

const text = (description: string) => Type.String({ minLength: 1, wanted: 'a text', description });

/** `Auth.Client`: how a process gets its own token from an issuer of OpenID Connect. */
export const ClientShape = Type.Object(
  {
    Issuer: text('Where it is: `https://host` or `https://host/path`; `http://` on loopback only.'),
    ClientID: text('The name by which the issuer knows us.'),
    ClientSecretFile: Type.Optional(
      text('File with what the client is known by, read anew each time. Without it the client is a public one.'),
    ),
    RefreshTokenFile: Type.Optional(
      text(
        "File with the refresh token of a session that somebody began by logging in; the next one is written there, with mode 0600. Without it tokens are got by the client's own credentials.",
      ),
    ),
    Audience: Type.Optional(text('Whom tokens are for, sent as `audience`, and a URI as `resource`, too.')),
    Scope: Type.Optional(text('What tokens are asked to allow, separated by spaces.')),
    CAFile: Type.Optional(text("The only CA that the issuer's certificate may be of. Default: those of the system.")),
  },
  { additionalProperties: false },
);
export type ClientShape = Static<typeof ClientShape>;
