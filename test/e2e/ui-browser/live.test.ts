import { describe, expect } from 'vitest';
import { hasNoBrowser, uiTest } from '../drivers/ui-test.ts';

/** It runs and ends again and again, for an hour: whenever one looks, the next change is soon. */
const restless = Array.from({ length: 1_800 }, (_, index) =>
  index % 2 === 0 ? { atSeconds: 2 * index, running: true } : { atSeconds: 2 * index, exitCode: 1 },
);
const test = uiTest({ nodes: ['n1'], pods: [{ match: { name: 'restless' }, timeline: restless }] });

describe.skipIf(hasNoBrowser)('the pages stay current by themselves', () => {
  test('a row of the list changes where it is, and says when its pod is gone', async ({ site, signedIn }) => {
    const uid = await site.create('n1', 'restless');
    const { page } = await signedIn('operator');
    await page.getByText('live', { exact: true }).waitFor();
    await expect
      .poll(async () => {
        await page.goto('/ui/pods?q=restless');
        return await page.getByRole('link', { name: 'ns/restless' }).count();
      })
      .toBe(1);
    // Only the same element keeps what is not in the document.
    await page.evaluate(`document.getElementById('pod-${uid}').isTheSame = true`);
    const state = page.locator(`#pod-${uid} [data-cell=state]`);
    await expect.poll(async () => await state.textContent(), { interval: 20 }).toBe('Running');
    await expect.poll(async () => await state.textContent(), { interval: 20 }).toBe('Failed');
    await site.delete('n1', uid);
    await expect.poll(async () => await state.textContent()).toBe('Gone');
    expect(await page.evaluate(`document.getElementById('pod-${uid}').isTheSame`)).toBe(true);
  });

  test('pods that the list does not show are counted, and come when it is loaded again', async ({ site, signedIn }) => {
    const { page } = await signedIn('operator');
    await page.goto('/ui/pods?q=new-');
    await page.getByText('live', { exact: true }).waitFor();
    await site.create('n1', 'new-1');
    await page.getByRole('link', { name: /more changed that are not shown here/ }).click();
    await page.getByRole('link', { name: 'ns/new-1' }).waitFor();
    expect(await page.locator('#news').isHidden()).toBe(true);
  });

  test('a log grows at its end while one looks, unless one has scrolled back', async ({ site, signedIn }) => {
    const lines = Array.from({ length: 3_000 }, (_, index) => `line ${index + 1}.`);
    const annotations = { log: lines.join('\n'), 'log-interval': '100' };
    const uid = await site.create('n1', 'talks', { annotations });
    const { page } = await signedIn('operator', { viewport: { width: 800, height: 600 } });
    // It may be unknown at first.
    await expect.poll(async () => (await page.request.get(`/ui/pods/c1/n1/${uid}`)).status()).toBe(200);
    await page.goto(`/ui/pods/c1/n1/${uid}`);
    const log = page.getByRole('log');
    await expect.poll(async () => (await log.textContent())?.split('\n').length).toBeGreaterThan(60);
    const isAtEnd =
      '(({ scrollTop, clientHeight, scrollHeight }) => scrollTop > 0 && scrollTop + clientHeight >= scrollHeight - 8)(document.getElementById("log"))';
    await expect.poll(async () => await page.evaluate(isAtEnd)).toBe(true);
    // Whoever scrolls back stays where he is.
    await page.evaluate('document.getElementById("log").scrollTop = 0');
    const before = (await log.textContent())?.length ?? 0;
    await expect.poll(async () => ((await log.textContent())?.length ?? 0) > before).toBe(true);
    expect(await page.evaluate('document.getElementById("log").scrollTop')).toBe(0);
  });
});
