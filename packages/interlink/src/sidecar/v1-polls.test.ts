import type { Owner, PodRequest } from '@interlink/protocol';
import { expect, test } from 'vitest';
import { type OnUnknown, SimulatedPlugin } from '../testing/simulated-plugin.ts';
import type { V1Backend } from './v1-backend.ts';

const owner: Owner = { cluster: 'c', node: 'n' };
const uidOf = (name: string) => `11111111-1111-4111-8111-00000000000${name}`;

/** A pod that is younger than the process. */
function requestOf(name: string): PodRequest {
  const creationTimestamp = new Date(new SimulatedPlugin().nowMs + 60_000).toISOString();
  const metadata = { uid: uidOf(name), namespace: 'ns', name, creationTimestamp };
  return { pod: { metadata, spec: { containers: [{ name: 'c', image: 'i' }] } }, volumes: [] };
}

/** A plugin with these pods; what it was asked until then is forgotten. */
async function startWith(names: ReadonlyArray<string>, onUnknown?: OnUnknown) {
  const plugin = new SimulatedPlugin(onUnknown);
  const backend = plugin.backend(0);
  plugin.nowMs += 60_000;
  await backend.list();
  for (const name of names) await backend.create(requestOf(name), owner);
  plugin.asked.length = 0;
  return { plugin, backend };
}

const namesOf = async (backend: V1Backend) => (await backend.list()).map(({ report }) => report.name);

test('V1Backend asks once for all pods, and pings when there are none', async () => {
  const { plugin, backend } = await startWith(['1', '2', '3']);
  await backend.list();
  expect(plugin.asked).toEqual(['status 1,2,3']);
  const { plugin: idle, backend: none } = await startWith([]);
  await none.list();
  expect(idle.asked).toEqual(['ping']);
});

test('V1Backend looks once more for a pod that is missing from three answers, before it is lost', async () => {
  const { plugin, backend } = await startWith(['1', '2', '3']);
  plugin.lose(uidOf('2'));
  expect(await namesOf(backend)).toEqual(['1', '2', '3']);
  expect(await namesOf(backend)).toEqual(['1', '2', '3']);
  expect(await namesOf(backend)).toEqual(['1', '3']);
  expect(plugin.asked).toEqual(['status 1,2,3', 'status 1,2,3', 'status 1,2,3', 'status 2']);
});

/** From now on the plugin gives what it has answered last for 10 s more, whatever it is asked, as that of Slurm does. */
function keepAnswers(plugin: SimulatedPlugin): void {
  const ask = plugin.status.bind(plugin);
  let kept = { untilMs: 0, reports: ask([]) };
  plugin.status = async (pods) => {
    if (plugin.nowMs >= kept.untilMs) kept = { untilMs: plugin.nowMs + 10_000, reports: ask(pods) };
    return await kept.reports;
  };
}

/** Polls once a second. @returns the names that were listed each time */
async function pollFor(seconds: number, { plugin, backend }: { plugin: SimulatedPlugin; backend: V1Backend }) {
  const listed: string[][] = [];
  for (let second = 0; second < seconds; second += 1) {
    plugin.nowMs += 1_000;
    listed.push(await namesOf(backend));
  }
  return listed;
}

test('V1Backend loses no pod to a plugin that answers with what it was asked before', async () => {
  const site = await startWith(['1', '2'], 'names it without containers');
  keepAnswers(site.plugin);
  site.plugin.nowMs += 60_000;
  await site.backend.create(requestOf('3'), owner);
  expect(site.plugin.jobsOf(uidOf('3'))).toBe(1);
  for (const names of await pollFor(60, site)) expect(names).toEqual(['1', '2', '3']);
});

test('V1Backend sees that a pod is gone from a plugin that answers with what it was asked before', async () => {
  const site = await startWith(['1', '2']);
  keepAnswers(site.plugin);
  site.plugin.lose(uidOf('1'));
  expect((await pollFor(60, site)).at(-1)).toEqual(['2']);
});

test('V1Backend asks apart for a pod that spoils the answer for all', async () => {
  const { plugin, backend } = await startWith(['1', '2', '3'], 'fails');
  plugin.lose(uidOf('2'));
  await backend.list();
  plugin.asked.length = 0;
  // Nobody has said honestly that it is gone.
  expect(await namesOf(backend)).toEqual(['1', '2', '3']);
  expect(plugin.asked).toEqual(['status 1,3', 'status 2']);
});

test('V1Backend can’t list while the plugin is silent, or fails for everything', async () => {
  const { plugin, backend } = await startWith(['1']);
  plugin.mood = 'silent';
  await expect(backend.list()).rejects.toMatchObject({ code: 'unavailable' });
  plugin.mood = 'ill';
  await expect(backend.list()).rejects.toMatchObject({ message: 'ill' });
  plugin.mood = 'well';
  expect(await namesOf(backend)).toEqual(['1']);
});

test('V1Backend meets the pods of callers with one question, however many ask at once, and asks no second time', async () => {
  const { plugin } = await startWith(['1', '2']);
  const next = plugin.backend(0);
  const pods = ['1', '2', '3'].map((name) => requestOf(name).pod);
  await Promise.all([next.meet(pods, owner), next.meet(pods, owner)]);
  await next.meet(pods, owner);
  expect(plugin.asked).toEqual(['status 1,2,3']);
  expect(await namesOf(next)).toEqual(['1', '2']);
});

test('V1Backend tells the plugin to delete also what it has not shown', async () => {
  const { plugin, backend } = await startWith(['1']);
  await backend.deleteUnseen(requestOf('9').pod, owner);
  expect(plugin.asked).toEqual(['delete 9']);
});

test('V1Backend neither asks for a pod, nor takes it over, nor has it deleted for an owner that is not its own', async () => {
  const { plugin, backend } = await startWith(['1']);
  const other: Owner = { cluster: 'c', node: 'other' };
  const request = requestOf('1');
  await backend.meet([request.pod], other);
  await expect(backend.deleteUnseen(request.pod, other)).rejects.toMatchObject({ code: 'not_found' });
  await expect(backend.create(request, other)).rejects.toMatchObject({ code: 'not_found' });
  await expect(backend.adopt(request, other)).rejects.toMatchObject({ code: 'not_found' });
  expect(plugin.asked).toEqual([]);
  expect(await backend.list()).toMatchObject([{ owner }]);
});
