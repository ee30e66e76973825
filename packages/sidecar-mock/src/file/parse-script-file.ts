import { InterLinkError, problemsOf } from '@interlink/sidecar-sdk';
import { parse } from 'yaml';
import { findMisbehaviour } from '../misbehaviour/misbehaviours.ts';
import { podRuleProblems } from './pod-rule.ts';
import { ScriptShape } from './script-shape.ts';

const problemsOfScript = problemsOf(ScriptShape);

/**
 * Reads a script of the mock. An empty one says nothing.
 * @throws InterLinkError `invalid_argument` that lists every problem: the place, the value, the file, what is wanted
 */
export function parseScriptFile(text: string, file: string): ScriptShape {
  const value = parseYaml(text, file) ?? {};
  const problems = problemsOfScript(value).map(({ place, what }) => ({ place: place.replace(/^\./, ''), what }));
  if (problems.length === 0) problems.push(...semanticProblems(value as ScriptShape));
  if (problems.length === 0) return value as ScriptShape;
  const sentences = problems.map(({ place, what }) => `${place === '' ? '' : `${place} in `}${file} ${what}`);
  throw new InterLinkError('invalid_argument', `Invalid script of the mock sidecar: ${sentences.join('; ')}`);
}

function parseYaml(text: string, file: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    const { message } = InterLinkError.from(error);
    throw new InterLinkError('invalid_argument', `The script of the mock sidecar ${file} is no YAML: ${message}`);
  }
}

/** What a schema can't say. */
function semanticProblems({ misbehave, pods = [] }: ScriptShape): Array<{ place: string; what: string }> {
  const problems = pods.flatMap((rule, index) =>
    podRuleProblems(rule).map(({ place, what }) => ({ place: `pods[${index}]${place}`, what })),
  );
  try {
    if (misbehave !== undefined) findMisbehaviour(misbehave);
  } catch (error) {
    problems.push({ place: 'misbehave', what: `is wrong: ${InterLinkError.from(error).message}` });
  }
  return problems;
}
