import Type from 'typebox';

// The words of which the file's shape is made: what each takes, and what a message says is wanted.

/** Node's timers hold 31 bits of milliseconds. */
const maxSeconds = 2_147_483;

export const seconds = (description: string) =>
  Type.Number({ minimum: 0, maximum: maxSeconds, description, wanted: `seconds, of at most ${maxSeconds},` });

export const text = (description: string) => Type.String({ minLength: 1, description, wanted: 'a text' });

export const flag = (description: string) => Type.Boolean({ description });

export const count = (description: string) =>
  Type.Integer({ minimum: 1, maximum: 1_000_000, description, wanted: 'a number of 1 to 1000000' });

export const pattern = (description: string) =>
  Type.String({ minLength: 1, description, wanted: 'a name, in which * stands for any rest,' });

/** YAML makes numbers of what need not be quoted: `pods: 110`. */
export const scalar = (wanted: string) => Type.Union([Type.String(), Type.Number(), Type.Boolean()], { wanted });

/** https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/ */
export const quantity = Type.Union(
  [Type.String({ pattern: '^\\d+(\\.\\d+)?([EPTGMk]i?|Ki|m)?$' }), Type.Number({ minimum: 0 })],
  { wanted: 'a quantity of Kubernetes, such as 4 or 16Gi,' },
);

/** Nothing but these members, so that a slip of the pen is told. */
export const closed = { additionalProperties: false } as const;
