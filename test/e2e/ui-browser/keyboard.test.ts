import type { Page } from 'playwright-core';
import { describe, expect } from 'vitest';
import { UiSite } from '../drivers/ui-site.ts';
import { hasNoBrowser, uiTest } from '../drivers/ui-test.ts';

const test = uiTest({ nodes: ['n1'] });

/** What has the focus, and whether one sees that; undefined: nothing on the page has it. */
interface Focus {
  readonly name: string;
  readonly isVisible: boolean;
}

async function focusOf(page: Page): Promise<Focus | undefined> {
  return await page.evaluate<Focus | undefined>(`(() => {
    const element = document.activeElement;
    if (element === null || element === document.body) return undefined;
    const { outlineStyle, outlineWidth } = getComputedStyle(element);
    const { left, top, right, bottom } = element.getBoundingClientRect();
    const isOnScreen = right > 0 && bottom > 0 && left < innerWidth && top < innerHeight && right > left && bottom > top;
    const name = element.labels?.[0]?.firstChild.textContent.trim() || element.id || element.textContent;
    return { name, isVisible: isOnScreen && outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2 };
  })()`);
}

/** All that Tab goes to, once around. */
async function tabAround(page: Page, most = 40): Promise<Focus[]> {
  const seen: Focus[] = [];
  for (let count = 0; count < most; count += 1) {
    await page.keyboard.press('Tab');
    const focus = await focusOf(page);
    if (focus === undefined) return seen;
    seen.push(focus);
  }
  throw new Error(`Tab never leaves the page; it goes to ${seen.map(({ name }) => name).join(', ')}`);
}

describe.skipIf(hasNoBrowser)('the pages by keyboard alone', () => {
  test('signing in, finding a pod, reading its log and signing out need no mouse', async ({ site, open }) => {
    await site.create('n1', 'by-keyboard', { annotations: { log: 'typed' } });
    const { page } = await open();
    await page.goto('/ui');
    // The field has the focus already.
    await page.keyboard.type(UiSite.tokenOf('operator'));
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor();
    await tabTo(page, 'Pods');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Pods', level: 1 }).waitFor();
    await tabTo(page, 'Name, job or reason');
    await page.keyboard.type('by-keyboard');
    await page.keyboard.press('Enter');
    // The page before had as many pods.
    await page.waitForURL(/[?&]q=by-keyboard/);
    await page.getByText('1 pod').waitFor();
    await tabTo(page, 'ns/by-keyboard');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'ns/by-keyboard' }).waitFor();
    await tabTo(page, 'log');
    await page.getByRole('log').getByText('typed').waitFor();
    await page.reload();
    await tabTo(page, 'Sign out');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  });

  test('the first stop is a link past the head of the page', async ({ signedIn }) => {
    const { page } = await signedIn('operator');
    await page.goto('/ui/pods');
    await page.keyboard.press('Tab');
    expect(await focusOf(page)).toEqual({ name: 'Skip to content', isVisible: true });
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    expect(await focusOf(page)).toEqual({ name: 'Name, job or reason', isVisible: true });
  });

  test('Tab goes everywhere in the order of reading, is seen everywhere, and is held nowhere', async ({
    site,
    signedIn,
  }) => {
    const uid = await site.create('n1', 'in-order', { containers: ['main', 'helper'] });
    const { page } = await signedIn('operator');
    // It may be unknown at first.
    await expect.poll(async () => (await page.request.get(`/ui/pods/c1/n1/${uid}`)).status()).toBe(200);
    await page.goto(`/ui/pods/c1/n1/${uid}`);
    await page.reload();
    const head = ['Skip to content', 'InterLink', 'Overview', 'Pods', 'Sign out'];
    expect(await stopsOf(page)).toEqual([...head, 'main', 'helper', 'The last 1,000 lines as text', 'log']);
    await page.goto('/ui/pods?q=in-order');
    const list = ['Name, job or reason', 'State', 'Node', 'Show', 'ns/in-order'];
    expect(await stopsOf(page)).toEqual([...head, ...list]);
    await page.goto('/ui');
    expect((await stopsOf(page)).slice(0, head.length)).toEqual(head);
  });
});

async function stopsOf(page: Page): Promise<string[]> {
  const stops = await tabAround(page);
  expect(stops.filter(({ isVisible }) => !isVisible)).toEqual([]);
  return stops.map(({ name }) => name);
}

async function tabTo(page: Page, name: string): Promise<void> {
  for (let count = 0; count < 40; count += 1) {
    if ((await focusOf(page))?.name === name) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`Tab does not come to "${name}"`);
}
