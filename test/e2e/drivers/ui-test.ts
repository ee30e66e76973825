import type { BrowserContextOptions } from 'playwright-core';
import { test as base, expect, inject } from 'vitest';
import type { BrowserData } from '../../testbed/index.ts';
import { openPage, startChromium, type WatchedPage } from './chromium.ts';
import { lacks } from './testbed-parts.ts';
import { type Person, UiSite, type UiSiteOptions } from './ui-site.ts';

const testbed = inject('testbed');

/** For `describe.skipIf`: this machine has no Chromium; the end of the run says how to get it. */
export const hasNoBrowser = lacks(testbed, 'browser');

/**
 * Vitest's `test` with one InterLink and one Chromium per file. `open` gives a page of a browser that was never used, and `signedIn` one
 * after somebody's token was pasted. At a test's end its pages are closed, and none of them may have had any trouble that the test did
 * not take off the list.
 */
export function uiTest(options: UiSiteOptions) {
  return base
    .extend('options', { scope: 'file' }, () => options)
    .extend('site', { scope: 'file' }, async ({ options }, { onCleanup }) => {
      const site = await UiSite.start(options);
      onCleanup(async () => await site[Symbol.asyncDispose]());
      return site;
    })
    .extend('installed', { scope: 'file' }, (): BrowserData => {
      if (testbed.browser === undefined) throw new Error('Cannot run: this testbed has no browser');
      return testbed.browser;
    })
    .extend('chromium', { scope: 'file' }, async ({ installed }, { onCleanup }) => {
      const browser = await startChromium(installed);
      onCleanup(async () => await browser.close());
      return browser;
    })
    .extend('open', async ({ site, chromium }, { onCleanup }) => {
      const opened: WatchedPage[] = [];
      onCleanup(async () => {
        for (const { page } of opened) await page.context().close();
        expect(opened.flatMap(({ troubles }) => troubles)).toEqual([]);
      });
      return async (context: BrowserContextOptions = {}): Promise<WatchedPage> => {
        const watched = await openPage(chromium, { baseURL: site.url, ...context });
        opened.push(watched);
        return watched;
      };
    })
    .extend('signedIn', ({ open }) => async (person: Person, context: BrowserContextOptions = {}) => {
      const watched = await open(context);
      await pasteToken(watched, person);
      return watched;
    });
}

/** Signs in as a person does, and waits for the overview. */
export async function pasteToken({ page }: Pick<WatchedPage, 'page'>, person: Person): Promise<void> {
  await page.goto('/ui');
  await page.getByLabel('Token').fill(UiSite.tokenOf(person));
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor();
}
