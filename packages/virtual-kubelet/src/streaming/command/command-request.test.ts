import { expect, it } from 'vitest';
import { parseCommandRequest } from './command-request.ts';

const none = { stdin: false, stdout: false, stderr: false, tty: false };

it.each([
  ['', [], none],
  ['command=ls&command=-l&output=1&error=1', ['ls', '-l'], { ...none, stdout: true, stderr: true }],
  ['command=a+b%26c%0A%C3%A9&command=&input=1', ['a b&c\né', ''], { ...none, stdin: true }],
  ['input=true&output=0&error=&tty=yes', [], none],
  ['output=1&error=1&tty=1', [], { ...none, stdout: true, tty: true }],
])('parseCommandRequest() reads %j', (query, command, streams) => {
  expect(parseCommandRequest(query)).toEqual({ command, streams });
});
