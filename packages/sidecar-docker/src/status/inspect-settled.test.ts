import type Docker from 'dockerode';
import { expect, test } from 'vitest';
import { inspectSettled } from './inspect-settled.ts';

const nowMs = Date.parse('2027-01-01T00:00:10Z');

function inspected(state: object, Memory = 1_000_000): Docker.ContainerInspectInfo {
  const State = { Status: 'exited', ExitCode: 137, OOMKilled: false, FinishedAt: '2027-01-01T00:00:09.5Z', ...state };
  return { State, HostConfig: { Memory } } as Docker.ContainerInspectInfo;
}

/** How often it asks, and whether it learns of the killer, which the engine knows from the second time on. */
async function ask(first: Docker.ContainerInspectInfo): Promise<{ asked: number; isOom: boolean }> {
  let asked = 0;
  const answer = await inspectSettled(
    async () => {
      asked += 1;
      return asked === 1 ? first : inspected({ OOMKilled: true });
    },
    () => nowMs,
  );
  return { asked, isOom: answer.State.OOMKilled };
}

test('inspectSettled() asks again of a container that was just killed and had a limit', async () => {
  expect(await ask(inspected({}))).toEqual({ asked: 2, isOom: true });
});

test.each<[string, Docker.ContainerInspectInfo]>([
  ['that runs', inspected({ Status: 'running' })],
  ['that ended otherwise', inspected({ ExitCode: 1 })],
  ['without a limit', inspected({}, 0)],
  ['that was killed long ago', inspected({ FinishedAt: '2027-01-01T00:00:08Z' })],
])('inspectSettled() takes the first answer of a container %s', async (_, first) => {
  expect(await ask(first)).toEqual({ asked: 1, isOom: false });
});
