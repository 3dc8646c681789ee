import type { Locator, Page } from '@playwright/test';
import { draftShow, itemsOf, shownId, snapshotOf } from './drafts.ts';
import { expect, test } from './fixtures.ts';
import { csvFile, signIn } from './pages.ts';

const listBox = (page: Page): Locator => page.getByLabel('One item or range per line');

test('a show with words of its own, a comment tried on the way, a pasted list with a range', async ({
	page,
	server
}) => {
	await signIn(page, await server.account());
	await page.goto('/shows/new');
	await page.getByLabel('Name').fill('Sunday sale');
	await page.getByLabel('Claim word').fill('Mine');
	await page.getByLabel('Pass word').fill('drop');
	const result = page.getByRole('status').filter({ hasText: /Claims|Gives back|asks for nothing/ });
	await page.getByLabel('Try a comment').fill('MINE #12!!');
	await expect(result).toHaveText('Claims item 12.');
	await page.getByLabel('Try a comment').fill('7 drop please');
	await expect(result).toHaveText('Gives back item 7.');
	await page.getByLabel('Try a comment').fill('sold 12');
	await expect(result).toContainText('asks for nothing');

	await listBox(page).fill('12 Linen dress x2\nno number\n100-120 Mystery bag x2');
	await expect(page.getByRole('table')).toContainText('Start with the item number');
	await page.getByRole('button', { name: 'Create show' }).click();
	await expect(page.getByText('One line can’t be read')).toBeVisible();
	await listBox(page).fill('12 Linen dress x2\n100-120 Mystery bag x2');
	await page.getByRole('button', { name: 'Create show' }).click();

	await expect(page).toHaveURL(/\/setup$/);
	await expect(page.getByRole('heading', { name: 'Sunday sale' })).toBeVisible();
	await expect(page.getByText('22 items · 44 units')).toBeVisible();
	const { settings } = await snapshotOf(server, shownId(page.url()));
	expect(settings).toEqual({ name: 'Sunday sale', claimWord: 'mine', passWord: 'drop' });
	const added = await itemsOf(server, shownId(page.url()));
	expect(added[0]).toBe('12 Linen dress ×2');
	expect(added.slice(1)).toEqual(
		Array.from({ length: 21 }, (_, index) => `${100 + index} Mystery bag ×2`)
	);
});

test('a show is duplicated from its row in the list', async ({ page, server }) => {
	const account = await server.account();
	const showId = await server.show(account, { '12': 2 });
	await server.say(showId, 'ana', 'sold 12');
	await signIn(page, account);
	await page.goto('/shows');
	const duplicate = page.getByRole('menuitem', { name: 'Duplicate' });
	await page.getByRole('button', { name: 'Actions for Friday sale' }).click();
	await duplicate.click();
	await expect(page).toHaveURL(/\/setup$/);
	const copy = shownId(page.url());
	expect(copy).not.toBe(showId);
	const { status, items: copied } = await snapshotOf(server, copy);
	expect(status).toBe('draft');
	expect(copied.map((item) => [item.number, item.quantity, item.winners.length])).toEqual([
		['12', 2, 0]
	]);
});

test('a former show is looked up and duplicated as a new one', async ({ page, server }) => {
	const account = await server.account();
	await draftShow(server, account, [{ number: '1', title: 'Mug', quantity: 1 }], 'Spring market');
	await draftShow(server, account, [], 'Winter sale');
	await signIn(page, account);
	await page.goto('/shows/new');
	await page.getByRole('link', { name: 'Duplicate a show' }).click();
	await page.getByLabel('Search shows to duplicate').fill('spring');
	await expect(page.getByRole('button', { name: 'Duplicate Winter sale' })).toHaveCount(0);
	await page.getByRole('button', { name: 'Duplicate Spring market' }).click();
	await expect(page).toHaveURL(/\/setup$/);
	expect(await itemsOf(server, shownId(page.url()))).toEqual(['1 Mug ×1']);
});

test('a show starts from a CSV file, named after it', async ({ page, server }) => {
	await signIn(page, await server.account());
	await page.goto('/shows/new?from=csv');
	await page
		.getByLabel('File with items')
		.setInputFiles(csvFile('number,title\n1,Mug\n2,\n3,Cup', 'spring-sale.csv'));
	await expect(page.getByLabel('Name')).toHaveValue('Spring sale');
	await expect(page.getByText('1 row can’t be read and will be left out.')).toBeVisible();
	await page.getByRole('button', { name: 'Create show with 2 items' }).click();
	await expect(page).toHaveURL(/\/setup$/);
	await expect(page.getByRole('heading', { name: 'Spring sale' })).toBeVisible();
	expect(await itemsOf(server, shownId(page.url()))).toEqual(['1 Mug ×1', '3 Cup ×1']);
});
