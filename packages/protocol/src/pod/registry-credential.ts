import Type, { type Static } from 'typebox';

/**
 * What an image registry lets somebody in by: a name and a password, or the token of a login. `registry` is as the Secret has it:
 * `host`, `host:port`, either with the beginning of a path behind it; `*` stands for (part of) one label of the host's name.
 * @see https://kubernetes.io/docs/concepts/containers/images/#config-json
 */
export const RegistryCredential = Type.Object({
  registry: Type.String({ minLength: 1, maxLength: 4096 }),
  username: Type.Optional(Type.String()),
  password: Type.Optional(Type.String()),
  identityToken: Type.Optional(Type.String()),
});
export type RegistryCredential = Static<typeof RegistryCredential>;

/** Those of a pod's `imagePullSecrets`, in the order of the Secrets. Secret: never logged, and kept no longer than images are to be pulled. */
export const RegistryCredentials = Type.Array(RegistryCredential, { maxItems: 1000 });
