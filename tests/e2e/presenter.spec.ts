import type { Page } from '@playwright/test';
import { waitUntilPersisted } from '../../src/lib/server/rehearsal/result.ts';
import { draftShow, viewerOf } from './drafts.ts';
import { expect, test } from './fixtures.ts';
import type { Server } from './fixtures.ts';
import { signIn } from './pages.ts';

const OPERATOR = 'user:test';

async function openPresenter(page: Page, showId: string): Promise<void> {
	await page.goto(`/shows/${showId}/presenter`);
	await expect(page.getByText('Connected')).toBeVisible();
}

async function present(server: Server, showId: string, number: string | null): Promise<void> {
	await server.context.actions.showItem(showId, number, OPERATOR);
}

/** The number's letter size as a part of the window's height. */
async function sizeOfNumber(page: Page): Promise<number> {
	return await page
		.getByRole('main')
		.locator('p')
		.first()
		.evaluate((number) => parseFloat(getComputedStyle(number).fontSize) / window.innerHeight);
}

test('the view follows the show: item, winners, units left, queue, promotion', async ({
	page,
	server
}) => {
	const account = await server.account();
	const showId = await server.show(account, { '12': 2, '13': 1 });
	await signIn(page, account);
	await openPresenter(page, showId);
	const stage = page.getByRole('main');
	await expect(stage).toContainText('Nothing on show');

	await present(server, showId, '12');
	await expect(stage).toContainText('Item 12');
	await expect(stage).toContainText('2 left');
	await expect(stage).toContainText('Write “sold 12” to get it');
	await server.say(showId, 'ana.b', 'sold 12');
	await expect(stage).toContainText('1 left of 2');
	await expect(stage.getByRole('listitem')).toHaveText(['ana.b']);
	await server.say(showId, 'ben', 'sold 12');
	await server.say(showId, 'cleo', 'sold 12');
	await server.say(showId, 'dan', 'sold 12');
	await expect(stage).toContainText('Sold out');
	await expect(stage).toContainText('2 waiting · next cleo');
	await expect(stage.getByRole('listitem')).toHaveText(['ben', 'ana.b']);

	await server.say(showId, 'ana.b', 'pass 12');
	await expect(stage.getByRole('listitem')).toHaveText(['cleo', 'ben']);
	await expect(stage).toContainText('1 waiting · next dan');

	await present(server, showId, '13');
	await expect(stage).toContainText('Item 13');
	await expect(stage).toContainText('1 left');
	await present(server, showId, null);
	await expect(stage).toContainText('Nothing on show');
});

test('paused and ended are said in large letters', async ({ page, server }) => {
	const account = await server.account();
	const showId = await server.show(account, { '12': 1 });
	await present(server, showId, '12');
	await server.say(showId, 'ana', 'sold 12');
	await signIn(page, account);
	await openPresenter(page, showId);
	await server.context.actions.changeStatus(showId, 'paused', OPERATOR);
	await expect(page.getByText('Paused: claims don’t count right now')).toBeVisible();
	await expect(page.getByRole('main')).toContainText('Item 12');
	await server.context.actions.changeStatus(showId, 'ended', OPERATOR);
	await expect(page.getByRole('main')).toContainText('The show is over');
	await expect(page.getByRole('main')).toContainText('1 unit sold to 1 buyer');

	const draft = await draftShow(server, account);
	await page.goto(`/shows/${draft}/presenter`);
	await expect(page.getByRole('main')).toContainText('Starting soon');
});

test('nobody’s id, display name or comment is in the page', async ({ page, server }) => {
	const account = await server.account();
	const showId = await server.show(account, { '12': 1 });
	await present(server, showId, '12');
	await server.context.comments.take(showId, {
		platform: 'facebook',
		liveId: 'live-1',
		commentId: `private-${showId}`,
		userId: 'id-of-ana',
		userHandle: 'ana.b',
		userDisplayName: 'Ana Berger',
		text: 'sold 12 my number is 555-0100'
	});
	await signIn(page, account);
	await openPresenter(page, showId);
	await expect(page.getByRole('main')).toContainText('ana.b');
	const text = await page.locator('body').innerText();
	expect(text).not.toMatch(/id-of-ana|Berger|555-0100/);
	const source = await (await page.request.get(`/shows/${showId}/presenter`)).text();
	expect(source).not.toMatch(/Berger|555-0100/);
});

for (const [name, width, height] of [
	['a desk', 1440, 900],
	['a wall', 3840, 2160],
	['a tablet', 768, 1024],
	['a phone held sideways', 800, 360],
	['a phone', 360, 800]
] as const) {
	test(`on ${name} the number can be read from afar, and nothing is cut off`, async ({
		page,
		server
	}) => {
		await page.setViewportSize({ width, height });
		const account = await server.account();
		const showId = await server.show(account, { '12': 9 });
		for (const user of ['a', 'b', 'c', 'd', 'e', 'f_with_quite_a_long_handle_to_show']) {
			await server.say(showId, user, 'sold 12');
		}
		await present(server, showId, '12');
		await signIn(page, account);
		await openPresenter(page, showId);
		expect(await sizeOfNumber(page)).toBeGreaterThanOrEqual(0.3);
		const overflow = await page.evaluate(
			() => document.documentElement.scrollWidth - document.documentElement.clientWidth
		);
		expect(overflow).toBe(0);
		await expect(page.getByText('and 2 more')).toBeInViewport({ ratio: 1 });
	});
}

test('dark unless asked otherwise, and the choice sticks', async ({ page, server }) => {
	const account = await server.account();
	const showId = await server.show(account);
	await signIn(page, account);
	await openPresenter(page, showId);
	await page.keyboard.press('t');
	await expect(page.getByRole('button', { name: 'Dark view' })).toBeVisible();
	await page.reload();
	await page.getByRole('button', { name: 'Dark view' }).click();
	await expect(page.getByRole('button', { name: 'Light view' })).toBeVisible();
});

test('F fills the screen and leaves it again', async ({ page, server }) => {
	const account = await server.account();
	const showId = await server.show(account);
	await signIn(page, account);
	await openPresenter(page, showId);
	const isFull = () => page.evaluate(() => document.fullscreenElement !== null);
	await page.keyboard.press('f');
	await expect.poll(isFull).toBe(true);
	await page.keyboard.press('f');
	await expect.poll(isFull).toBe(false);
});

test('the screen is kept on, also after the page was out of sight', async ({ page, server }) => {
	const account = await server.account();
	const showId = await server.show(account);
	await signIn(page, account);
	await page.addInitScript(() => {
		const request = async () => {
			const { dataset } = document.documentElement;
			dataset['locks'] = String(Number(dataset['locks'] ?? 0) + 1);
			return { release: async () => undefined };
		};
		Object.defineProperty(navigator, 'wakeLock', { value: { request } });
	});
	await openPresenter(page, showId);
	await expect(page.locator('html')).toHaveAttribute('data-locks', '1');
	await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
	await expect(page.locator('html')).toHaveAttribute('data-locks', '2');
});

test('a lost connection is said, and made good by itself', async ({ page, context, server }) => {
	const account = await server.account();
	const showId = await server.show(account);
	await signIn(page, account);
	await openPresenter(page, showId);
	// Nothing more may be on its way, or the page rightly takes it as a sign of life.
	await waitUntilPersisted(server.context, showId);
	await context.setOffline(true);
	await expect(page.getByText('Offline: may be out of date')).toBeVisible({ timeout: 45_000 });
	await present(server, showId, '12');
	await context.setOffline(false);
	await expect(page.getByRole('main')).toContainText('Item 12', { timeout: 45_000 });
	await expect(page.getByText('Connected')).toBeVisible();
});

test('viewers may watch; nobody else', async ({ page, server }) => {
	const account = await server.account();
	const showId = await server.show(account);
	await page.goto(`/shows/${showId}/presenter`);
	await expect(page).toHaveURL(/\/sign-in/);
	await signIn(page, await viewerOf(server, account));
	await openPresenter(page, showId);
	await page.context().clearCookies();
	await signIn(page, await server.account());
	const response = await page.goto(`/shows/${showId}/presenter`);
	expect(response?.status()).toBe(404);
});
