import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, test } from './fixtures.ts';
import type { Server } from './fixtures.ts';
import { openConsole, panel, signIn } from './pages.ts';

async function start(page: Page, server: Server, items: Record<string, number>, comments = 0) {
	const account = await server.account();
	const showId = await server.show(account, items);
	for (let index = 1; index <= comments; index++) {
		await server.say(showId, `viewer${index}`, index === 1 ? 'the very first' : `hello ${index}`);
	}
	await signIn(page, account);
	await openConsole(page, showId);
	return showId;
}

async function expectAccessible(page: Page): Promise<void> {
	const { violations } = await new AxeBuilder({ page })
		.withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'])
		.analyze();
	expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
}

test('older comments are read when somebody scrolls to the end', async ({ page, server }) => {
	const showId = await start(page, server, { '12': 1 }, 420);
	const comments = panel(page, 'Comments');
	const list = comments.getByRole('region', { name: /Comments/ });
	await expect(comments).toContainText('hello 420');
	await expect
		.poll(
			async () => {
				await list.evaluate((element) => element.scrollTo(0, element.scrollHeight));
				return await list.innerText();
			},
			{ timeout: 30_000 }
		)
		.toContain('the very first');
	await expect(list).toContainText('That is all.');
	await server.say(showId, 'late', 'just now');
	await comments.getByRole('button', { name: '1 new' }).click();
	await expect(list).toContainText('just now');
	await expect(list).not.toContainText('That is all.');
});

test('a search goes on in older comments', async ({ page, server }) => {
	await start(page, server, { '12': 1 }, 300);
	const comments = panel(page, 'Comments');
	await comments.getByLabel(/Filter comments/).fill('very first');
	await expect(comments).toContainText('No comment matches');
	await comments.getByRole('button', { name: 'Show older' }).click();
	await expect(comments).toContainText('the very first');
	await expect(comments).not.toContainText('No comment matches');
});

test('when older lines can’t be read, the list says so and tries again', async ({
	page,
	server
}) => {
	await start(page, server, { '12': 1 }, 250);
	await page.route(/comments\.list/, (route) => route.abort());
	const comments = panel(page, 'Comments');
	await comments.getByLabel(/Filter comments/).fill('very first');
	await comments.getByRole('button', { name: 'Show older' }).click();
	await expect(comments).toContainText(/can’t be reached/);
	await page.unroute(/comments\.list/);
	await comments.getByRole('button', { name: 'Try again' }).click();
	await expect(comments).toContainText('the very first');
});

test('items sort by queue, narrow down to a state and mark what is shown', async ({
	page,
	server
}) => {
	const showId = await start(page, server, { '12': 1, '13': 1, '14': 1 });
	for (const user of ['ana', 'ben', 'cal']) await server.say(showId, user, 'sold 13');
	const items = panel(page, 'Items');
	await expect(items).toContainText('2 waiting');
	await items.getByLabel('Order of the items').selectOption('By queue');
	await expect(items.locator('[data-item]').first()).toHaveText('Item 13');
	await items.getByRole('button', { name: /Only sold out/ }).click();
	await expect(items.locator('[data-item]')).toHaveText(['Item 13']);
	await items.getByRole('button', { name: /Only sold out/ }).click();
	await expect(items.locator('[data-item]')).toHaveCount(3);
});

test('the claim feed opens its item and tells what was not counted', async ({ page, server }) => {
	const showId = await start(page, server, { '12': 1 });
	await server.say(showId, 'ana', 'sold 12');
	await server.say(showId, 'ana', 'sold 12');
	await server.say(showId, 'ben', 'sold 99');
	const claims = panel(page, 'Claims');
	await expect(claims).toContainText('Duplicate');
	await expect(claims).toContainText('No such item');
	await claims.getByRole('button', { name: /Won: item 12, ana/ }).click();
	await expect(page.getByRole('region', { name: 'Item 12', exact: true })).toBeVisible();
});

for (const colorScheme of ['light', 'dark'] as const) {
	test(`accessible by axe, ${colorScheme}: busy, details, command bar, dialogs`, async ({
		page,
		server
	}) => {
		test.slow();
		await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
		const showId = await start(page, server, { '12': 1, '13': 2 });
		for (const user of ['ana', 'ben', 'cal']) await server.say(showId, user, 'sold 12');
		await server.say(showId, 'dee', 'sold 13');
		await server.say(showId, 'ana', 'pass 12');
		await page.keyboard.press(']');
		await expect(page.getByRole('region', { name: 'Tell the host' })).toContainText('ben');
		await expectAccessible(page);
		await panel(page, 'Items').getByRole('button', { name: 'Item 12', exact: true }).click();
		const details = page.getByRole('region', { name: 'Item 12', exact: true });
		await details.getByRole('button', { name: 'Release ben' }).click();
		await expectAccessible(page);
		await page.keyboard.press('Escape');
		await details.getByRole('button', { name: /Reassign.*ben/ }).click();
		await expect(details.getByRole('option').first()).toBeVisible();
		await expectAccessible(page);
		await page.keyboard.press('Escape');
		await expect(details.getByRole('option')).toHaveCount(0);
		await page.keyboard.press('Control+k');
		await page.getByRole('combobox', { name: 'Command' }).fill('12 @c');
		await expect(page.getByRole('dialog').getByRole('option').first()).toBeVisible();
		await expectAccessible(page);
		await page.keyboard.press('Escape');
		await expect(page.getByRole('dialog')).toHaveCount(0);
		await page.keyboard.press('Escape');
		await panel(page, 'Comments').getByRole('button', { name: /dee/ }).click();
		await expect(page.getByRole('dialog')).toBeVisible();
		await expectAccessible(page);
	});
}
