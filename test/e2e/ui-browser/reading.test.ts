import type { Page } from 'playwright-core';
import { describe, expect } from 'vitest';
import type { UiSite } from '../drivers/ui-site.ts';
import { hasNoBrowser, pasteToken, uiTest } from '../drivers/ui-test.ts';

const test = uiTest({ nodes: ['n1', 'n2'] });

const queued = { 'start-delay': '3600000', 'queue-reason': 'Priority' };
const failed = { 'run-seconds': '0', 'exit-code': '137', reason: 'OOMKilled' };

/** What a page shows after it was loaded again: of pods it hears a moment after they were created. */
async function reloaded<Shown>(page: Page, look: () => Promise<Shown>): Promise<Shown> {
  await page.reload();
  return await look();
}

/** A pod that waits on n1, one that runs there, and one that has failed on n2. */
async function createPods(site: UiSite, prefix: string) {
  const annotations = { log: `hello from ${prefix}`, event: 'the image was there' };
  const running = await site.create('n1', `${prefix}-running`, { annotations, containers: ['main', 'helper'] });
  await site.create('n1', `${prefix}-queued`, { annotations: queued });
  await site.create('n2', `${prefix}-failed`, { annotations: failed });
  return { running };
}

describe.skipIf(hasNoBrowser)('the pages in a browser', () => {
  test('a pasted token opens the overview, and signing out closes all of it', async ({ open }) => {
    const { page, troubles } = await open();
    await page.goto('/ui/pods');
    expect(new URL(page.url()).pathname).toBe('/ui/sign-in');
    await page.getByLabel('Token').fill('of-nobody');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').waitFor();
    expect(await page.getByRole('alert').textContent()).toContain('This token is not known here');
    expect(troubles.splice(0)).toEqual([expect.stringContaining('401')]);

    await pasteToken({ page }, 'operator');
    expect(await page.getByText('token:operator').count()).toBe(1);
    const [cookie] = await page.context().cookies();
    expect(cookie).toMatchObject({ name: 'interlink-ui', httpOnly: true, sameSite: 'Strict', path: '/ui' });
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    expect(await page.context().cookies()).toEqual([]);
    await page.goto('/ui/pods');
    expect(new URL(page.url()).pathname).toBe('/ui/sign-in');
  });

  test('from the overview to the failed pods of a node, and to one pod with all that is known of it', async ({
    site,
    signedIn,
  }) => {
    await createPods(site, 'found');
    const { page } = await signedIn('operator');
    await expect
      .poll(async () => await reloaded(page, () => page.getByRole('row', { name: /^n2 / }).textContent()))
      .toContain('1 Failed');
    await page.getByRole('link', { name: /Failed/ }).click();
    expect(new URL(page.url()).search).toBe('?state=Failed');
    await page.getByRole('link', { name: 'ns/found-failed' }).waitFor();
    expect(await page.getByRole('row').filter({ hasText: 'OOMKilled' }).count()).toBe(1);
    expect(await page.getByRole('link', { name: 'ns/found-running' }).count()).toBe(0);

    await page.getByLabel('State').selectOption('any');
    await page.getByLabel('Name, job or reason').fill('found-');
    await page.getByLabel('Node').selectOption({ label: 'n1 (c1)' });
    await page.getByRole('button', { name: 'Show' }).click();
    await page.getByText('2 pods').waitFor();
    expect(await page.getByLabel('Name, job or reason').inputValue()).toBe('found-');

    await page.getByRole('link', { name: 'ns/found-running' }).click();
    await page.getByRole('heading', { name: 'ns/found-running', level: 1 }).waitFor();
    expect(await page.getByRole('region', { name: 'Timeline' }).textContent()).toContain('container main started');
    expect(await page.getByRole('region', { name: 'Events' }).textContent()).toContain('the image was there');
    await page.getByRole('navigation', { name: 'Containers' }).getByRole('link', { name: 'main' }).click();
    await page.getByRole('heading', { name: 'Log of main' }).waitFor();
    await page.getByRole('log').getByText('hello from found').waitFor();
  });

  test('who is no operator sees the pods of his own nodes, and nothing of others', async ({ site, signedIn }) => {
    const { running } = await createPods(site, 'own');
    const foreign = await site.create('n2', 'foreign');
    const { page, troubles } = await signedIn('ada');
    const names = async () =>
      await page.getByRole('table', { name: 'Virtual nodes' }).getByRole('rowheader').allTextContents();
    expect(await names()).toEqual(['n1']);
    await page.goto('/ui/pods?q=own-');
    await expect.poll(async () => await reloaded(page, () => page.locator('#count').textContent())).toContain('2 pods');
    await page.goto(`/ui/pods/c1/n1/${running}`);
    await page.getByRole('heading', { name: 'ns/own-running' }).waitFor();
    for (const path of [`/ui/pods/c1/n2/${foreign}`, `/ui/pods/c1/n2/${foreign}/containers/main/log`]) {
      const response = await page.goto(path);
      expect(response?.status()).toBe(403);
      expect(await page.content()).not.toContain('foreign');
    }
    expect(troubles.splice(0)).toEqual([expect.stringContaining('403'), expect.stringContaining('403')]);
  });

  test('without JavaScript everything is there to be read', async ({ site, signedIn }) => {
    const { running } = await createPods(site, 'plain');
    const { page } = await signedIn('operator', { javaScriptEnabled: false });
    await page.getByRole('link', { name: 'Pods', exact: true }).click();
    await page.getByLabel('Name, job or reason').fill('plain-running');
    await page.getByRole('button', { name: 'Show' }).click();
    await page.getByRole('link', { name: 'ns/plain-running' }).click();
    expect(new URL(page.url()).pathname).toBe(`/ui/pods/c1/n1/${running}`);
    await page.getByRole('link', { name: 'The last 1,000 lines as text' }).click();
    expect(await page.locator('body').textContent()).toContain('hello from plain');
    await page.goBack();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  });

  test('the content security policy is in force: nothing that is put into a page runs', async ({ signedIn }) => {
    const { page, troubles } = await signedIn('operator');
    const attempt = `(() => {
      const script = document.createElement('script');
      script.textContent = 'window.hasRun = true';
      document.body.append(script);
      document.body.insertAdjacentHTML('beforeend', '<img src="https://example.com/x.png" onerror="window.hasRun = true">');
      return window.hasRun === true;
    })()`;
    expect(await page.evaluate(attempt)).toBe(false);
    await expect.poll(() => troubles.filter((trouble) => /Content Security Policy/.test(trouble)).length).toBe(3);
    expect(await page.evaluate('window.hasRun === true')).toBe(false);
    troubles.length = 0;
  });
});
