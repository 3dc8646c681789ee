import type { Locator, Page } from '@playwright/test';
import { draftShow, itemsOf, shownId, snapshotOf, viewerOf } from './drafts.ts';
import { expect, test } from './fixtures.ts';
import { signIn } from './pages.ts';

const addCard = (page: Page): Locator => page.getByRole('region', { name: 'Add items' });
const items = (page: Page): Locator => page.getByRole('list', { name: 'Items by number' });
const row = (page: Page, number: string): Locator =>
	items(page)
		.getByRole('listitem')
		.filter({ has: page.getByRole('button', { name: `Remove item ${number}`, exact: true }) });
const listBox = (page: Page): Locator => page.getByLabel('One item or range per line');
const fileInput = (page: Page): Locator => page.getByLabel('File with items');

function csv(text: string, name = 'items.csv') {
	return { name, mimeType: 'text/csv', buffer: Buffer.from(text) };
}

async function openSetup(page: Page, showId: string, way?: 'List or range' | 'CSV file') {
	await page.goto(`/shows/${showId}/setup`);
	if (way) await page.getByRole('tab', { name: way }).click();
}

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
	expect(await itemsOf(server, showId)).toEqual(['7 Blue mug ×4 closed']);
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

test('a pasted list: only what can be added is, and the rest stays to be corrected', async ({
	page,
	server
}) => {
	const account = await server.account();
	const showId = await draftShow(server, account, [{ number: '12', title: 'Mug', quantity: 1 }]);
	await signIn(page, account);
	await openSetup(page, showId, 'List or range');
	await listBox(page).fill('12 Dress\n13 Scarf\tx\n14 Hat x2\n14 Cap\n20-22 Bag\n9-3 Bag');
	const table = page.getByRole('table');
	await expect(table).toContainText('The show has item 12 already: “Mug”.');
	await expect(table).toContainText('Number 14 is already used in line 3.');
	await expect(table).toContainText('must end with a higher number');
	expect(await itemsOf(server, showId)).toEqual(['12 Mug ×1']);

	await page.getByRole('button', { name: /^Add 4 items/ }).click();
	await expect(page.getByText('4 items were added.')).toBeVisible();
	await expect(listBox(page)).toHaveValue('12 Dress\n13 Scarf\tx\n14 Cap\n9-3 Bag');
	expect(await itemsOf(server, showId)).toEqual([
		'12 Mug ×1',
		'14 Hat ×2',
		'20 Bag ×1',
		'21 Bag ×1',
		'22 Bag ×1'
	]);
});

test('a CSV file with the wrong column names is explained, and read once the columns are chosen', async ({
	page,
	server
}) => {
	const account = await server.account();
	const showId = await draftShow(server, account);
	await signIn(page, account);
	await openSetup(page, showId, 'CSV file');
	await fileInput(page).setInputFiles(
		csv('artikel;bezeichnung;menge\n301;Kleid, grün;2\n302;Schal;')
	);
	const explained = addCard(page).getByRole('alert');
	await expect(explained).toContainText('No column of this file is called “number” or “title”');
	await expect(explained).toContainText('“artikel”, “bezeichnung”, “menge”');
	await expect(page.getByRole('table')).toHaveCount(0);

	await page.getByRole('combobox', { name: 'Number' }).selectOption('A: artikel');
	await page.getByRole('combobox', { name: 'Title' }).selectOption('B: bezeichnung');
	await page.getByRole('combobox', { name: 'Quantity' }).selectOption('C: menge');
	await page.getByRole('button', { name: 'Add 2 items (3 units)' }).click();
	await expect(page.getByText('2 items were added.')).toBeVisible();
	expect(await itemsOf(server, showId)).toEqual(['301 Kleid, grün ×2', '302 Schal ×1']);
});

test('a CSV file with bad rows: each says why, nothing is added before it is confirmed, then only good rows', async ({
	page,
	server
}) => {
	const account = await server.account();
	const showId = await draftShow(server, account, [{ number: '12', title: 'Mug', quantity: 1 }]);
	await signIn(page, account);
	await openSetup(page, showId, 'CSV file');
	const lines = [
		'\ufeffItem,Name,Qty',
		'12,Linen dress,2',
		'201,"Silk ""poppy"", scarf",3',
		'202,,1',
		'A7,Mug,1',
		'203,Teapot,10000',
		'201,Twice,1',
		'204,Cup,0'
	];
	await fileInput(page).setInputFiles(csv(lines.join('\r\n')));
	const table = page.getByRole('table');
	for (const reason of [
		'The show has item 12 already: “Mug”.',
		'The title is missing.',
		'“A7” is no item number',
		'“10000” is no quantity',
		'Number 201 is already used in row 3.'
	]) {
		await expect(table).toContainText(reason);
	}
	expect(await itemsOf(server, showId)).toEqual(['12 Mug ×1']);
	await page.getByRole('button', { name: 'Add 2 items (3 units)' }).click();
	await expect(page.getByText('5 rows were left out')).toBeVisible();
	expect(await itemsOf(server, showId)).toEqual([
		'12 Mug ×1',
		'201 Silk "poppy", scarf ×3',
		'204 Cup ×0'
	]);
	await expect(table.getByRole('cell', { name: 'Cup', exact: true })).toHaveCount(0);
});

test('2,000 rows are dropped onto the page and all of them are added', async ({ page, server }) => {
	const account = await server.account();
	const showId = await draftShow(server, account);
	await signIn(page, account);
	await openSetup(page, showId, 'CSV file');
	const text = `number,title\n${Array.from({ length: 2_000 }, (_, index) => `${index + 1},Bag`).join('\n')}`;
	const dropped = await page.evaluateHandle((content) => {
		const transfer = new DataTransfer();
		transfer.items.add(new File([content], 'bags.csv', { type: 'text/csv' }));
		return transfer;
	}, text);
	await fileInput(page).dispatchEvent('drop', { dataTransfer: dropped });
	await page.getByRole('button', { name: 'Add 2,000 items (2,000 units)' }).click();
	await expect(page.getByRole('progressbar', { name: 'Items added' })).toBeVisible();
	await expect(page.getByText('2,000 items were added.')).toBeVisible({ timeout: 40_000 });
	expect(await itemsOf(server, showId)).toHaveLength(2_000);
	await expect(page.getByText('2,000 items · 2,000 units')).toBeVisible();
});

test('a file that is no list of items says so', async ({ page, server }) => {
	const account = await server.account();
	const showId = await draftShow(server, account);
	await signIn(page, account);
	await openSetup(page, showId, 'CSV file');
	const workbook = { ...csv(''), name: 'items.xlsx', buffer: Buffer.from([0x50, 0x4b, 3, 4]) };
	await fileInput(page).setInputFiles(workbook);
	await expect(addCard(page)).toContainText('This is a workbook, not a CSV file.');
	await fileInput(page).setInputFiles(csv('number,title\n1,"Mug\n2,Cup'));
	await expect(addCard(page)).toContainText('row 2 are not in pairs');
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

test('a show is duplicated from its row in the list', async ({ page, server }) => {
	const account = await server.account();
	const showId = await server.show(account, { '12': 2 });
	await server.say(showId, 'ana', 'sold 12');
	await signIn(page, account);
	await page.goto('/shows');
	await page.getByRole('button', { name: 'Actions for Friday sale' }).click();
	await page.getByRole('menuitem', { name: 'Duplicate' }).click();
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
	await fileInput(page).setInputFiles(csv('number,title\n1,Mug\n2,\n3,Cup', 'spring-sale.csv'));
	await expect(page.getByLabel('Name')).toHaveValue('Spring sale');
	await expect(page.getByText('1 row can’t be read and will be left out.')).toBeVisible();
	await page.getByRole('button', { name: 'Create show with 2 items' }).click();
	await expect(page).toHaveURL(/\/setup$/);
	await expect(page.getByRole('heading', { name: 'Spring sale' })).toBeVisible();
	expect(await itemsOf(server, shownId(page.url()))).toEqual(['1 Mug ×1', '3 Cup ×1']);
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
