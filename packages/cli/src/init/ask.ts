import { createInterface } from 'node:readline/promises';
import type { Readable, Writable } from 'node:stream';
import { InterLinkError } from '@interlink/protocol';
import { authentications, backends, type GivenAnswers, siteTypes } from './answers.ts';

interface Question {
  readonly key: keyof GivenAnswers;
  readonly text: string;
  /** What may be answered; undefined: any text. */
  readonly choices?: ReadonlyArray<string>;
  /** For who just presses Enter; undefined: an answer is wanted, unless `isOptional`. */
  readonly byDefault?: string;
  readonly isOptional?: true;
  isAsked(given: GivenAnswers): boolean;
}

const always = () => true;
const ofEdge = ({ type }: GivenAnswers) => type === 'edge';
const ofOidc = (given: GivenAnswers) => ofEdge(given) && given.auth === 'oidc';

const questions: ReadonlyArray<Question> = [
  {
    key: 'type',
    text: 'Where is the site? edge: it opens a port to the cluster; tunnel: SSH only; local: on this machine',
    choices: siteTypes,
    isAsked: always,
  },
  { key: 'backend', text: 'What runs the pods there?', choices: backends, isAsked: always },
  { key: 'node', text: 'The virtual node’s name', byDefault: 'virtual-kubelet', isAsked: always },
  { key: 'host', text: 'The name, or IPv4 address, by which the cluster reaches the site', isAsked: ofEdge },
  {
    key: 'auth',
    text: 'How does the virtual kubelet prove who it is? token: a file; oidc: an issuer; mtls: a certificate',
    choices: authentications,
    isAsked: ofEdge,
  },
  { key: 'issuer', text: 'The issuer, https://…', isAsked: ofOidc },
  { key: 'clientId', text: 'The name by which the issuer knows the virtual kubelet', isAsked: ofOidc },
  {
    key: 'group',
    text: 'The only group that is let in (Enter: whoever has a token)',
    isOptional: true,
    isAsked: ofOidc,
  },
  {
    key: 'clientSecretFile',
    text: 'File with the client’s secret (Enter: there is a session)',
    isOptional: true,
    isAsked: (given) => ofOidc(given) && given.refreshTokenFile === undefined && given.login === undefined,
  },
  {
    key: 'refreshTokenFile',
    text: 'File with the session’s refresh token (Enter: log in now, by a code for the browser)',
    isOptional: true,
    isAsked: (given) => ofOidc(given) && given.clientSecretFile === undefined && given.login === undefined,
  },
];

export interface Terminal {
  readonly input: Readable;
  readonly output: Writable;
}

/** Asks for what was not given, one after the other; secrets are named by their files. @throws InterLinkError `cancelled` by the signal, or when the input ends */
export async function askMissing(given: GivenAnswers, terminal: Terminal, signal: AbortSignal): Promise<GivenAnswers> {
  const lines = createInterface({ ...terminal, signal });
  const ended = new AbortController();
  lines.once('close', () => ended.abort());
  const options = { signal: AbortSignal.any([signal, ended.signal]) };
  let answers: Record<string, unknown> = { ...given };
  try {
    for (const { key, text, choices, byDefault, isOptional, isAsked } of questions) {
      if (answers[key] !== undefined || !isAsked(answers)) continue;
      const hint =
        choices === undefined ? (byDefault === undefined ? '' : ` [${byDefault}]`) : ` (${choices.join(', ')})`;
      for (;;) {
        const answer = (await lines.question(`${text}${hint}: `, options)).trim() || byDefault;
        if (answer === undefined && isOptional) break;
        if (answer === undefined || (choices !== undefined && !choices.includes(answer))) {
          const wanted = choices === undefined ? 'an answer is wanted' : `one of ${choices.join(', ')} is wanted`;
          terminal.output.write(`${JSON.stringify(answer ?? '')}: ${wanted}\n`);
          continue;
        }
        answers = { ...answers, [key]: answer };
        break;
      }
    }
    return withLogin(answers);
  } catch (error) {
    throw new InterLinkError('cancelled', 'Nobody answers: nothing was written', { cause: error });
  } finally {
    lines.close();
  }
}

/** Who has neither secret nor session logs in. */
function withLogin(given: GivenAnswers): GivenAnswers {
  const isWanted = ofOidc(given) && given.clientSecretFile === undefined && given.refreshTokenFile === undefined;
  return isWanted ? { ...given, login: true } : given;
}
