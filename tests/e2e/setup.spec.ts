import type { Locator, Page } from '@playwright/test';
import { draftShow, itemsOf, snapshotOf, viewerOf } from './drafts.ts';
import { expect, test } from './fixtures.ts';
import { openFollowing, signIn } from './pages.ts';

const addCard = (page: Page): Locator => page.getByRole('region', { name: 'Add items' });
const row = (page: Page, number: string): Locator =>
	page
		.getByRole('list', { name: 'Items by number' })
		.getByRole('listitem')
		.filter({ has: page.getByRole('button', { name: `Remove item ${number}`, exact: true }) });

async function openSetup(page: Page, showId: string): Promise<void> {
	await openFollowing(page, `/shows/${showId}/setup`);
}

test('items one by one, by keyboard alone: the next number is suggested, a taken one refused', async ({
	page,
	server
}) => {
	const account = await server.account();
	const showId = await draftShow(server, account, [{ number: '7', title: 'Mug', quantity: 1 }]);
	await signIn(page, account);
	await openSetup(page, showId);
	const number = addCard(page).getByLabel('Number');
	await expect(number).toHaveValue('8');
	await addCard(page).getByLabel('Title').focus();
	await page.keyboard.type('Linen dress');
	await page.keyboard.press('Tab');
	await page.keyboard.type('3');
	await page.keyboard.press('Enter');
	await expect(page.getByText('Item 8 was added.')).toBeVisible();
	await expect(addCard(page).getByLabel('Title')).toBeFocused();
	await expect(number).toHaveValue('9');

	await number.fill('7');
	await expect(addCard(page)).toContainText('Item 7 exists already: “Mug”.');
	await page.keyboard.press('Enter');
	expect(await itemsOf(server, showId)).toEqual(['7 Mug ×1', '8 Linen dress ×3']);
});

test('an item is changed where it stands, closed, removed and taken back', async ({
	page,
	server
}) => {
	const account = await server.account();
	const showId = await draftShow(server, account, [
		{ number: '7', title: 'Mug', quantity: 1 },
		{ number: '8', title: 'Cup', quantity: 2 }
	]);
	await signIn(page, account);
	await openSetup(page, showId);
	await page.getByLabel('Title of item 7').fill('Blue mug');
	await page.keyboard.press('Enter');
	await page.getByLabel('Units of item 7').fill('4');
	await page.keyboard.press('Tab');
	await expect.poll(() => itemsOf(server, showId)).toEqual(['7 Blue mug ×4', '8 Cup ×2']);

	await page.getByLabel('Units of item 7').fill('many');
	await page.keyboard.press('Enter');
	await expect(row(page, '7')).toContainText('“many” is no quantity');
	await row(page, '7').getByRole('button', { name: 'Put back' }).click();
	await expect(page.getByLabel('Units of item 7')).toHaveValue('4');

	await page.getByRole('switch', { name: 'Item 7 takes claims' }).click();
	await expect(row(page, '7')).toContainText('Closed');
	await page.getByRole('button', { name: 'Remove item 8' }).click();
	await expect(page.getByLabel('Title of item 8')).toHaveCount(0);
	await expect.poll(() => itemsOf(server, showId)).toEqual(['7 Blue mug ×4 closed']);
	await page.getByRole('button', { name: 'Add it again' }).click();
	await expect(page.getByLabel('Title of item 8')).toHaveValue('Cup');
});

test('in a live show, what can’t be done is refused in words and changes nothing', async ({
	page,
	server
}) => {
	const account = await server.account();
	const showId = await server.show(account, { '12': 2 });
	await server.say(showId, 'ana', 'sold 12');
	await server.say(showId, 'ben', 'sold 12');
	await signIn(page, account);
	await openSetup(page, showId);
	await expect(page.getByText('This show is live')).toBeVisible();
	await page.getByLabel('Units of item 12').fill('1');
	await page.keyboard.press('Enter');
	await expect(row(page, '12')).toContainText('More units are already sold than that');
	await row(page, '12').getByRole('button', { name: 'Put back' }).click();
	await page.getByRole('button', { name: 'Remove item 12' }).click();
	await expect(row(page, '12')).toContainText('Release the claims first');
	expect(await itemsOf(server, showId)).toEqual(['12 Item 12 ×2']);
});

test('name and words are changed in a live show, and not lost by leaving', async ({
	page,
	server
}) => {
	const account = await server.account();
	const showId = await server.show(account);
	await signIn(page, account);
	await openSetup(page, showId);
	await page.getByLabel('Pass word').fill('SOLD');
	await expect(page.getByText('The two words must differ.')).toBeVisible();
	await page.getByLabel('Pass word').fill('nope');
	await page.getByRole('link', { name: 'Open console' }).click();
	const question = page.getByRole('alertdialog', { name: 'Leave without saving?' });
	await question.getByRole('button', { name: 'Stay' }).click();
	await expect(page.getByLabel('Pass word')).toHaveValue('nope');
	await page.getByRole('button', { name: 'Save changes' }).click();
	await expect(page.getByRole('button', { name: 'Save changes' })).toHaveCount(0);
	expect((await snapshotOf(server, showId)).settings.passWord).toBe('nope');
	await page.getByRole('link', { name: 'Open console' }).click();
	await expect(page).toHaveURL(/\/console$/);
});

test('two operators set up one show: each sees at once what the other does', async ({
	page,
	browser,
	server
}) => {
	const account = await server.account();
	const showId = await draftShow(server, account);
	await signIn(page, account);
	await openSetup(page, showId);
	const context = await browser.newContext({ baseURL: server.app.origin });
	const other = await context.newPage();
	await signIn(other, account);
	await openSetup(other, showId);

	await addCard(page).getByLabel('Title').fill('Mug');
	await page.keyboard.press('Enter');
	await expect(other.getByLabel('Title of item 1')).toHaveValue('Mug');
	await expect(addCard(other).getByLabel('Number')).toHaveValue('2');
	await other.getByLabel('Title of item 1').fill('Cup');
	await other.keyboard.press('Enter');
	await expect(page.getByLabel('Title of item 1')).toHaveValue('Cup');
	await context.close();
});

test('a draft goes live from its setup, after a question', async ({ page, server }) => {
	const account = await server.account();
	const showId = await draftShow(server, account, [{ number: '1', title: 'Mug', quantity: 1 }]);
	await signIn(page, account);
	await openSetup(page, showId);
	await page.getByRole('button', { name: 'Go live' }).click();
	const question = page.getByRole('alertdialog', { name: 'Go live?' });
	await expect(question).toContainText('1 item is ready');
	expect((await snapshotOf(server, showId)).status).toBe('draft');
	await question.getByRole('button', { name: 'Go live' }).click();
	await expect(page).toHaveURL(/\/console$/);
	expect((await snapshotOf(server, showId)).status).toBe('active');
});

test('an ended show can be looked at, not changed; a viewer gets no setup at all', async ({
	page,
	server
}) => {
	const account = await server.account();
	const showId = await server.show(account);
	await server.context.actions.changeStatus(showId, 'ended', 'user:test');
	await signIn(page, account);
	await openSetup(page, showId);
	await expect(page.getByText('This show is over')).toBeVisible();
	await expect(page.getByLabel('Title of item 12')).toBeDisabled();
	await expect(addCard(page)).toHaveCount(0);

	await page.context().clearCookies();
	await signIn(page, await viewerOf(server, account));
	const response = await page.goto(`/shows/${showId}/setup`);
	expect(response?.status()).toBe(403);
});
