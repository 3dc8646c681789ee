import AxeBuilder from '@axe-core/playwright';
import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { createCaller } from '../../src/lib/server/trpc/caller.ts';
import type { Api } from '../../src/lib/server/trpc/caller.ts';
import { viewerOf } from './drafts.ts';
import { PASSWORD, expect, test } from './fixtures.ts';
import type { Account, Server } from './fixtures.ts';
import { signIn } from './pages.ts';

const WCAG_22_AA = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
const entries = (page: Page) =>
	page.getByRole('list', { name: 'Entries, newest first' }).getByRole('listitem');

/** The API as the account uses it. */
async function apiOf(server: Server, { email }: Account): Promise<Api> {
	const { auth } = server.context;
	const address = `10.9.${Math.floor(Math.random() * 256)}.${Math.floor(Math.random() * 256)}`;
	return createCaller(
		server.context,
		await auth.signIn({ email, password: PASSWORD }, { address })
	);
}

/** A show with two entries of claims, and a few more of other kinds. */
async function workday(server: Server, account: Account): Promise<string> {
	const api = await apiOf(server, account);
	const { showId } = await api.shows.create({
		name: 'Friday sale',
		items: [{ number: '12', title: '=Linen "dress"', quantity: 1 }]
	});
	await api.shows.activate({ showId });
	await server.say(showId, 'ana', 'sold 12');
	await server.say(showId, 'ben', 'sold 12');
	await api.claims.release({ showId, item: '12', buyerKey: 'facebook:ana' });
	await api.shows.update({ showId, name: 'Saturday sale' });
	await api.shows.create({ name: 'Another show' });
	await expect(async () => {
		const { entries: told } = await api.audit.list({});
		expect(told).toHaveLength(7);
	}).toPass();
	return showId;
}

test('an operator reads who did what, narrows it and takes it along', async ({ page, server }) => {
	const account = await server.account();
	await workday(server, account);
	await signIn(page, account);
	await page.getByRole('button', { name: /account and workspace/ }).click();
	await page.getByRole('menuitem', { name: 'Audit log' }).click();
	await expect(entries(page)).toHaveCount(7);
	await expect(entries(page).nth(0)).toContainText('Created a show');
	await expect(entries(page).nth(0)).toContainText(account.name);
	await expect(entries(page).nth(1)).toContainText('Friday sale');
	await expect(entries(page).nth(1)).toContainText('Saturday sale');
	await expect(entries(page).nth(2)).toContainText('Released a claim: the next in line moved up');
	await expect(entries(page).nth(2)).toContainText('ben');

	await page.getByLabel('Action').selectOption('Claims');
	await page.getByRole('button', { name: 'Apply' }).click();
	await expect(entries(page)).toHaveCount(2);
	await expect(page).toHaveURL(/kind=claim/);
	await page.getByLabel('Show').selectOption('Another show');
	await page.getByRole('button', { name: 'Apply' }).click();
	await expect(page.getByText('Nothing matches')).toBeVisible();
	await page.getByRole('link', { name: 'Show all' }).first().click();
	await expect(entries(page)).toHaveCount(7);
	const tomorrow = new Date(Date.now() + 2 * 86_400_000).toISOString().slice(0, 10);
	await page.getByLabel('From').fill(tomorrow);
	await page.getByRole('button', { name: 'Apply' }).click();
	await expect(page.getByText('Nothing matches')).toBeVisible();

	await page.goto('/audit?kind=item');
	const download = page.waitForEvent('download');
	await page.getByRole('link', { name: 'Export as CSV' }).click();
	const file = await download;
	expect(file.suggestedFilename()).toMatch(/ \d{4}-\d{2}-\d{2} audit-log\.csv$/);
	const text = await readFile(await file.path(), 'utf8');
	const [header, ...rows] = text.split('\r\n');
	expect(header).toBe('\ufefftimestamp,member,action,target,buyer,show,changed,before,after');
	expect(rows).toEqual([
		expect.stringMatching(
			/^\d{4}-\d{2}-\d{2}T[\d:.]+\+00:00,Operator \w+,Added an item,Item 12,,Saturday sale,Title,,"'=Linen ""dress"""$/
		),
		expect.stringMatching(/,Quantity,,1$/),
		expect.stringMatching(/,State,,open$/),
		''
	]);
});

test('older entries follow on demand', async ({ page, server }) => {
	const account = await server.account();
	const api = await apiOf(server, account);
	for (let n = 0; n < 60; n++) await api.shows.create({ name: `Show ${n}` });
	await signIn(page, account);
	await page.goto('/audit');
	await expect(entries(page)).toHaveCount(50);
	await page.getByRole('link', { name: 'Load more' }).click();
	await expect(entries(page)).toHaveCount(60);
	await expect(page.getByRole('link', { name: 'Load more' })).toHaveCount(0);
});

test('a workspace in which nothing was done says so', async ({ page, server }) => {
	await signIn(page, await server.account());
	await page.goto('/audit');
	await expect(page.getByText('Nothing has been done yet')).toBeVisible();
});

test('viewers and strangers see none of it', async ({ page, server, request }) => {
	const account = await server.account();
	await workday(server, account);
	const viewer = await viewerOf(server, account);
	expect((await request.get('/audit/export', { maxRedirects: 0 })).status()).toBe(303);
	await signIn(page, viewer);
	await page.getByRole('button', { name: /account and workspace/ }).click();
	await expect(page.getByRole('menuitem', { name: 'Sign out' })).toBeVisible();
	await expect(page.getByRole('menuitem', { name: 'Audit log' })).toHaveCount(0);
	expect((await page.goto('/audit'))?.status()).toBe(403);
	expect((await page.request.get('/audit/export')).status()).toBe(403);
});

for (const colorScheme of ['light', 'dark'] as const) {
	test.describe(colorScheme, () => {
		test.use({ colorScheme, reducedMotion: 'reduce' });

		test('the page meets WCAG 2.2 AA, wide and narrow', async ({ page, server }) => {
			const account = await server.account();
			await workday(server, account);
			await signIn(page, account);
			for (const width of [1_280, 360]) {
				await page.setViewportSize({ width, height: 800 });
				await page.goto('/audit');
				await expect(entries(page)).toHaveCount(7);
				const { violations } = await new AxeBuilder({ page }).withTags(WCAG_22_AA).analyze();
				expect(violations.map((rule) => `${rule.id}: ${rule.nodes[0]?.html}`)).toEqual([]);
				const wider = await page.evaluate(
					() => document.documentElement.scrollWidth - document.documentElement.clientWidth
				);
				expect(wider, `${width} px`).toBe(0);
			}
		});
	});
}
