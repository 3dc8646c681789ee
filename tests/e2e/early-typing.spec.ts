import type { Page } from '@playwright/test';
import { buyerRef } from '../../src/lib/domain/buyer-ref.ts';
import { expect, test } from './fixtures.ts';
import type { Account, Server } from './fixtures.ts';
import { signIn } from './pages.ts';

// A slow phone shows the page long before its scripts run. What somebody typed or chose in between is
// heard once they do.

/** Opens a page whose scripts stay away until the returned function is called. */
async function openWithoutScripts(page: Page, path: string): Promise<() => void> {
	let arrive = (): void => undefined;
	const arrived = new Promise<void>((resolve) => (arrive = resolve));
	await page.route('**/_app/immutable/**/*.js', async (route) => {
		await arrived;
		await route.continue();
	});
	await page.evaluate((to) => location.assign(to), path);
	await page.waitForURL(`**${path}`, { waitUntil: 'commit' });
	return arrive;
}

/** ana and ben have bought; resolves once the list of buyers has both. */
async function twoBuyers(page: Page, server: Server, account: Account): Promise<void> {
	const showId = await server.show(account, { '7': 3 });
	for (const user of ['ana', 'ben']) await server.say(showId, user, 'sold 7');
	await signIn(page, account);
	await expect(async () => {
		await page.goto('/buyers');
		await expect(people(page)).toHaveCount(2, { timeout: 1_000 });
	}).toPass();
}

function people(page: Page) {
	return page.getByRole('link', { name: /^(ana|ben)$/ });
}

test('a note that was typed before the page listened is saved', async ({ page, server }) => {
	await twoBuyers(page, server, await server.account());
	const arrive = await openWithoutScripts(page, `/buyers/${buyerRef('facebook:ana')}`);
	await page.getByLabel('Note').fill('Size M.');
	arrive();
	await expect(page.getByRole('status')).toHaveText('Saved');
	await page.reload();
	await expect(page.getByLabel('Note')).toHaveValue('Size M.');
});

test('buyers are searched by what was typed before the page listened', async ({ page, server }) => {
	await twoBuyers(page, server, await server.account());
	const arrive = await openWithoutScripts(page, '/buyers');
	await page.getByLabel('Search buyers by name').fill('be');
	arrive();
	await expect(page).toHaveURL(/\?search=be$/);
	await expect(people(page)).toHaveText(['ben']);
	await expect(page.getByLabel('Search buyers by name')).toHaveValue('be');
});

test('buyers are narrowed by what was chosen before the page listened', async ({
	page,
	server
}) => {
	await twoBuyers(page, server, await server.account());
	const arrive = await openWithoutScripts(page, '/buyers');
	await page.getByLabel('Blocked only').check();
	arrive();
	await expect(page).toHaveURL(/\?blocked=yes$/);
	await expect(people(page)).toHaveCount(0);
});

test('shows are searched by what was typed before the page listened', async ({ page, server }) => {
	const account = await server.account();
	await server.show(account);
	await signIn(page, account);
	const arrive = await openWithoutScripts(page, '/shows');
	await page.getByLabel('Search shows by name').fill('sunday');
	arrive();
	await expect(page).toHaveURL(/\?search=sunday$/);
	await expect(page.getByRole('link', { name: 'Friday sale' })).toHaveCount(0);
});
