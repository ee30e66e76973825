import { stat } from 'node:fs/promises';
import { InterLinkError } from '@interlink/protocol';
import { TokenFile } from '@interlink/service-kit';
import { type Check, type Finding, NotApplicable, ok, problem, warning } from '../check.ts';
import { configuredSecrets, type SecretFile } from '../configured-secrets.ts';
import type { DoctorContext } from '../context.ts';

export const tokenFiles: Check = {
  name: 'token-files',
  summary:
    'Every file with a token or a secret that the configuration names is there, holds one, and can be read by nobody else.',
  sides: ['cluster', 'site'],
  run: async (context) => {
    const files = await configuredSecrets(context);
    if (files.length === 0) throw new NotApplicable('the configuration names no file with a token');
    return await Promise.all(files.map(async (file) => await lookAt(file, context)));
  },
};

async function lookAt(file: SecretFile, { env, secrets }: DoctorContext): Promise<Finding> {
  const { path, key } = file;
  let token: string;
  try {
    token = await new TokenFile(path).current();
  } catch (error) {
    return file.isMade && !(await exists(path)) ? notMadeYet(file) : unreadable(file, error);
  }
  secrets.add(token);
  if (/\s/.test(token)) {
    return problem({
      what: `${key} ${path} holds more than one word`,
      why: 'a token is one word: with blanks or line breaks in it, it is refused, or no header can be made of it',
      fix: `write the token alone into ${path}, with nothing but a line break after it`,
    });
  }
  const { mode, uid } = await stat(path);
  // What a Secret is mounted as is Kubernetes' business, and nobody else is in the container.
  if ((env.KUBERNETES_SERVICE_HOST ?? '') === '' && (mode & 0o077) !== 0) return readableByOthers(file, mode);
  return ok(
    `${key} ${path} holds a token that only ${uid === process.getuid?.() ? 'this account' : `account ${uid}`} can read`,
  );
}

function notMadeYet({ key, path }: SecretFile): Finding {
  return warning({
    what: `${key} ${path} is not there yet`,
    why: 'the first process of this account that starts makes it; one of another account, or of another machine, makes another',
    fix: 'start InterLink once, or copy the token that InterLink has into this file, with mode 0600',
  });
}

function unreadable({ key, path }: SecretFile, error: unknown): Finding {
  return problem({
    what: `${key}: ${InterLinkError.from(error).message}`,
    why: 'without it whoever has to show it is refused, and whoever has to know it lets nobody in by it',
    fix: `write the token into ${path}, with mode 0600 and the account of the process as owner`,
  });
}

function readableByOthers({ key, path }: SecretFile, mode: number): Finding {
  const advice = {
    what: `${key} ${path} has mode 0${(mode & 0o777).toString(8)}: others of this machine can read it`,
    why: 'whoever has the token may run pods as this account and read their Secrets',
    fix: `chmod 600 ${path}; if others had the chance to read it, write a new token at both ends`,
  };
  return (mode & 0o007) === 0 ? warning(advice) : problem(advice);
}

async function exists(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    () => false,
  );
}
