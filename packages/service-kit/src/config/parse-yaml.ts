import { parse } from 'yaml';

/** Reads a document of YAML. @throws Error that says what is wrong, also for a value within itself, which no message could show */
export function parseYaml(text: string): unknown {
  const value: unknown = parse(text);
  try {
    JSON.stringify(value);
  } catch {
    throw new Error('an alias stands within what it is an alias of');
  }
  return value;
}
