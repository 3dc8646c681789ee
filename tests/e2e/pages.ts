import { expect } from '@playwright/test';
import type { Locator, Page } from '@playwright/test';
import { PASSWORD } from './fixtures.ts';
import type { Account } from './fixtures.ts';

/** Signs in through the page, as a person does. */
export async function signIn(page: Page, account: Account): Promise<void> {
	await page.goto('/sign-in');
	await page.getByLabel('E-mail').fill(account.email);
	await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
	await page.getByRole('button', { name: 'Sign in' }).click();
	await expect(page).toHaveURL(/\/dashboard$/);
}

/** Opens the console of a show and waits until it is live. */
export async function openConsole(page: Page, showId: string): Promise<void> {
	await page.goto(`/shows/${showId}/console`);
	await expect(connection(page)).toHaveText(/Connected$/);
}

/** The badge that says how this console is connected. */
export function connection(page: Page): Locator {
	return page.locator('[title]').filter({ hasText: /^\s*Console:/ });
}

export function panel(page: Page, name: 'Items' | 'Claims' | 'Comments'): Locator {
	return page.getByRole('region', { name, exact: true });
}

/** What a person sees of the show: the three panels and the totals. */
export async function shownState(page: Page): Promise<string[]> {
	const panels = [panel(page, 'Items'), panel(page, 'Claims'), panel(page, 'Comments')];
	return await Promise.all(panels.map((locator) => locator.innerText()));
}

/** Waits until exactly this is shown: long lists draw themselves after the rest of the page. */
export async function expectShown(page: Page, state: readonly string[]): Promise<void> {
	await expect.poll(() => shownState(page)).toEqual(state);
}

/** Opens a page that follows a show without saying so, and waits until it does. */
export async function openFollowing(page: Page, path: string): Promise<void> {
	const followed = new Promise<void>((resolve) => {
		page.once('websocket', (socket) => socket.once('framereceived', () => resolve()));
	});
	await page.goto(path);
	await followed;
}

/** A file as a person chooses it. */
export function csvFile(text: string, name = 'items.csv') {
	return { name, mimeType: 'text/csv', buffer: Buffer.from(text) };
}
