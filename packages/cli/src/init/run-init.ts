import type { DevicePrompt } from '@interlink/virtual-kubelet';
import type { GivenAnswers } from './answers.ts';
import { askMissing, type Terminal } from './ask.ts';
import { checkAnswers } from './check-answers.ts';
import { makeCredentials } from './make-credentials.ts';
import { renderNextSteps } from './next-steps.ts';
import { planFiles } from './plan-files.ts';
import { writePlan } from './write-plan.ts';

export interface InitOptions {
  readonly given: GivenAnswers;
  readonly isForced: boolean;
  /** Whom to ask for what is not given; undefined: nobody is there. */
  readonly terminal: Terminal | undefined;
  /** Where whoever logs in is told how. */
  say(text: string): void;
  /** What is typed to call the program by this name, `vk` say. */
  typed(name: string): string;
}

/**
 * Writes the configuration of both sides. @returns what was done and what is next
 * @throws InterLinkError `invalid_argument` for answers that do not do, `failed_precondition` for files that are there
 */
export async function runInit(
  { given, isForced, terminal, say, typed }: InitOptions,
  signal: AbortSignal,
): Promise<string> {
  const answers = checkAnswers(terminal === undefined ? given : await askMissing(given, terminal, signal));
  const login = { signal, tell: (prompt: DevicePrompt) => say(promptText(prompt)) };
  const written = await writePlan(planFiles(answers), {
    isForced,
    makeCredentials: async () => await makeCredentials(answers, login),
  });
  return renderNextSteps(answers, written, typed);
}

function promptText({ url, code, wholeUrl }: DevicePrompt): string {
  const short = wholeUrl === undefined ? '' : ` (or just open ${wholeUrl})`;
  return `Log in: open ${url} in a browser, on any machine, and enter the code ${code}${short}. Waiting for that…\n`;
}
