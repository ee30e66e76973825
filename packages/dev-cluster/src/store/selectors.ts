import { ApiError } from '../api-error.ts';
import type { Kind } from '../kinds/kind.ts';
import { type KubeObject, textAt } from '../object.ts';

/** Whether an object is among those that were asked for. */
export type Matches = (object: KubeObject) => boolean;

type Labels = Readonly<Record<string, string>>;

/** Reads a label selector: `a=b,c!=d,e in (f,g),h notin (i),j,!k`. @throws ApiError 400 */
export function parseLabelSelector(text: string): (labels: Labels) => boolean {
  // Commas inside parentheses belong to one requirement.
  const requirements = text
    .split(/,(?![^(]*\))/)
    .map((part) => part.trim())
    .filter((part) => part !== '');
  const tests = requirements.map(parseRequirement);
  return (labels) => tests.every((test) => test(labels));
}

function parseRequirement(text: string): (labels: Labels) => boolean {
  const set = /^([\w./-]+)\s+(in|notin)\s*\(([^)]*)\)$/.exec(text);
  if (set !== null) {
    const [, key = '', operator, list = ''] = set;
    const values = list.split(',').map((value) => value.trim());
    return operator === 'in'
      ? (labels) => labels[key] !== undefined && values.includes(labels[key])
      : (labels) => labels[key] === undefined || !values.includes(labels[key]);
  }
  const [, key = '', operator, value = ''] = /^([\w./-]+)\s*(==?|!=)\s*([\w.-]*)$/.exec(text) ?? [];
  if (operator !== undefined) {
    return operator === '!=' ? (labels) => labels[key] !== value : (labels) => labels[key] === value;
  }
  const [, not, name = ''] = /^(!?)\s*([\w./-]+)$/.exec(text) ?? [];
  if (name === '') throw new ApiError(400, `unable to parse requirement: ${JSON.stringify(text)} is no label selector`);
  return (labels) => (labels[name] === undefined) === (not === '!');
}

/** Reads a field selector of a kind: `spec.nodeName=a,status.phase!=Running`. @throws ApiError 400 for a field that the kind does not offer */
export function parseFieldSelector(kind: Kind, text: string): Matches {
  const tests = text
    .split(',')
    .filter((part) => part !== '')
    .map((part): Matches => {
      const [, path = '', operator, value = ''] = /^([^=!]+)(==?|!=)(.*)$/.exec(part) ?? [];
      if (operator === undefined) throw new ApiError(400, `invalid selector: '${part}'; can't understand '${part}'`);
      if (!['metadata.name', 'metadata.namespace', ...(kind.fields ?? [])].includes(path)) {
        throw new ApiError(400, `field label not supported: ${path}`);
      }
      // The field selector of events means the component.
      const at = path === 'source' ? 'source.component' : path;
      return (object) => (textAt(object, at) === value) === (operator !== '!=');
    });
  return (object) => tests.every((test) => test(object));
}
