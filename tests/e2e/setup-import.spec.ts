import type { Locator, Page } from '@playwright/test';
import type { ItemDraft } from '../../src/lib/domain/parse-item-line.ts';
import { draftShow, itemsOf } from './drafts.ts';
import { expect, test } from './fixtures.ts';
import type { Server } from './fixtures.ts';
import { csvFile, openFollowing, signIn } from './pages.ts';

const MUG: ItemDraft = { number: '12', title: 'Mug', quantity: 1 };
const addCard = (page: Page): Locator => page.getByRole('region', { name: 'Add items' });
const listBox = (page: Page): Locator => page.getByLabel('One item or range per line');
const fileInput = (page: Page): Locator => page.getByLabel('File with items');

/** Opens the setup of a new draft with these items, where one adds more. Returns the show's id. */
async function openDraft(
	page: Page,
	server: Server,
	options: { items?: readonly ItemDraft[]; way: 'List or range' | 'CSV file' }
): Promise<string> {
	const account = await server.account();
	const showId = await draftShow(server, account, options.items);
	await signIn(page, account);
	await openFollowing(page, `/shows/${showId}/setup`);
	await page.getByRole('tab', { name: options.way }).click();
	return showId;
}

test('a pasted list: only what can be added is, and the rest stays to be corrected', async ({
	page,
	server
}) => {
	const showId = await openDraft(page, server, { items: [MUG], way: 'List or range' });
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
	const showId = await openDraft(page, server, { way: 'CSV file' });
	await fileInput(page).setInputFiles(
		csvFile('artikel;bezeichnung;menge\n301;Kleid, grün;2\n302;Schal;')
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
	const showId = await openDraft(page, server, { items: [MUG], way: 'CSV file' });
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
	await fileInput(page).setInputFiles(csvFile(lines.join('\r\n')));
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
	const showId = await openDraft(page, server, { way: 'CSV file' });
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

test('an import that breaks off says how far it got, and goes on from there', async ({
	page,
	server
}) => {
	const showId = await openDraft(page, server, { way: 'List or range' });
	await listBox(page).fill('1-300 Bag');
	let calls = 0;
	await page.route('**/api/trpc/items.addMany*', (route) =>
		++calls === 2 ? route.abort() : route.continue()
	);
	await page.getByRole('button', { name: /^Add 300 items/ }).click();
	await expect(addCard(page).getByRole('alert')).toContainText('200 items were added before that.');
	expect(await itemsOf(server, showId)).toHaveLength(200);
	await page.getByRole('button', { name: /^Add 100 items/ }).click();
	await expect(page.getByText('100 items were added.')).toBeVisible();
	expect(await itemsOf(server, showId)).toHaveLength(300);
});

test('a file that is no list of items says so', async ({ page, server }) => {
	await openDraft(page, server, { way: 'CSV file' });
	const workbook = { ...csvFile(''), name: 'items.xlsx', buffer: Buffer.from([0x50, 0x4b, 3, 4]) };
	await fileInput(page).setInputFiles(workbook);
	await expect(addCard(page)).toContainText('This is a workbook, not a CSV file.');
	await fileInput(page).setInputFiles(csvFile('number,title\n1,"Mug\n2,Cup'));
	await expect(addCard(page)).toContainText('row 2 are not in pairs');
});
