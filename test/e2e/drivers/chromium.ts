import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import type { BrowserData } from '../../testbed/index.ts';

/** Starts Chromium without a window. Who starts it ends it. */
export async function startChromium({ executable }: BrowserData): Promise<Browser> {
  // As root, which tests are, Chromium has no sandbox; it is shown nothing but our own pages.
  return await chromium.launch({ executablePath: executable, args: ['--no-sandbox', '--force-color-profile=srgb'] });
}

/** A page, and what went wrong on it: the console's errors, violations of the content security policy among them, and exceptions. */
export interface WatchedPage {
  readonly page: Page;
  readonly troubles: string[];
}

/** A page in a context of its own, as in a browser that was never used. Closed with the browser, or by its context. */
export async function openPage(browser: Browser, options: BrowserContextOptions = {}): Promise<WatchedPage> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const troubles: string[] = [];
  page.on('pageerror', (error) => troubles.push(`exception: ${error.message}`));
  page.on('console', (message) => {
    const { url } = message.location();
    // Beside plain text, which can't name an icon, Chromium looks for this one.
    if (url.endsWith('/favicon.ico')) return;
    if (message.type() === 'error' || message.type() === 'warning') troubles.push(`console: ${message.text()} ${url}`);
  });
  return { page, troubles };
}
