import type { Page } from '@playwright/test';
import { expect, test } from './fixtures.ts';
import type { Server } from './fixtures.ts';
import { openConsole, panel, signIn } from './pages.ts';

async function start(page: Page, server: Server, items: Record<string, number>) {
	const account = await server.account();
	const showId = await server.show(account, items);
	await signIn(page, account);
	await openConsole(page, showId);
	return showId;
}

const nowShowing = (page: Page) => page.getByRole('region', { name: 'Now showing' });

/** What the command bar offers. */
const offers = (page: Page) => page.getByRole('dialog').getByRole('option');

/** Opens the command bar by its key, types a line and takes the first offer. */
async function command(page: Page, line: string, offer: RegExp): Promise<void> {
	await page.keyboard.press('Control+k');
	const bar = page.getByRole('combobox', { name: 'Command' });
	await expect(bar).toBeFocused();
	await bar.fill(line);
	await expect(offers(page).first()).toContainText(offer);
	await page.keyboard.press('Enter');
	await expect(bar).toHaveCount(0);
}

test('the command bar jumps, adds, awards, shows and pauses', async ({ page, server }) => {
	const showId = await start(page, server, { '12': 1 });
	await server.say(showId, 'mia.lee', 'hello');
	await expect(panel(page, 'Comments')).toContainText('mia.lee');
	await command(page, '+ 31 Blue dress x2', /Add item 31.*Blue dress.*2 units/s);
	await expect(panel(page, 'Items')).toContainText('Blue dress');
	await command(page, '12 @mia', /Award item 12 to .*mia\.lee/);
	await expect(panel(page, 'Items')).toContainText('Sold out');
	await command(page, '> 31', /Show item 31/);
	await expect(nowShowing(page)).toContainText('Blue dress');
	await command(page, '31 x5', /Set item 31 to 5 units/);
	await expect(nowShowing(page)).toContainText('5 left');
	await command(page, 'pause', /Pause/);
	await expect(page.getByText('Paused', { exact: true })).toBeVisible();
	await command(page, '31', /Item 31/);
	await expect(page.getByRole('region', { name: 'Blue dress', exact: true })).toBeFocused();
});

test('the command bar refuses in words and stays open', async ({ page, server }) => {
	await start(page, server, { '12': 1 });
	await page.keyboard.press('k');
	const bar = page.getByRole('combobox', { name: 'Command' });
	await bar.fill('99');
	await expect(offers(page)).toContainText('Not in this show.');
	await page.keyboard.press('Enter');
	await expect(bar).toBeVisible();
	await bar.fill('+ 12 Again');
	await expect(offers(page)).toContainText('Item 12 exists already.');
	await page.keyboard.press('Escape');
	await expect(bar).toHaveCount(0);
});

test('keys move the shown item, add an item in two, and undo', async ({ page, server }) => {
	await start(page, server, { '12': 1, '13': 1 });
	await page.keyboard.press(']');
	await expect(nowShowing(page)).toContainText('Item 12');
	await page.keyboard.press('n');
	await expect(nowShowing(page)).toContainText('Item 13');
	await expect(panel(page, 'Items')).toContainText('Showing');
	await page.keyboard.press('[');
	await expect(nowShowing(page)).toContainText('Item 12');
	await page.keyboard.press('a');
	await expect(page.getByLabel(/Add an item/)).toHaveValue('14 Item 14');
	await page.keyboard.press('Enter');
	await expect(
		panel(page, 'Items').getByRole('button', { name: 'Item 14', exact: true })
	).toBeVisible();
	await page.getByLabel(/Add an item/).blur();
	await page.keyboard.press('u');
	await expect(
		panel(page, 'Items').getByRole('button', { name: 'Item 14', exact: true })
	).toHaveCount(0);
});

test('no key does anything while somebody types or a dialog is open', async ({ page, server }) => {
	await start(page, server, { '12': 1, '13': 1 });
	await page.keyboard.press('/');
	await expect(page.getByLabel(/Filter items/)).toBeFocused();
	await page.keyboard.type('nu]k?P');
	await expect(page.getByLabel(/Filter items/)).toHaveValue('nu]k?P');
	await expect(page.getByRole('dialog')).toHaveCount(0);
	await expect(page.getByText('Live', { exact: true })).toBeVisible();
	await page.keyboard.press('Escape');
	await page.getByLabel(/Filter items/).blur();
	await page.keyboard.press('?');
	await expect(page.getByRole('dialog', { name: 'Keyboard shortcuts' })).toBeVisible();
	await page.keyboard.press(']');
	await page.keyboard.press('P');
	await page.keyboard.press('Escape');
	await expect(page.getByText('Live', { exact: true })).toBeVisible();
	await expect(nowShowing(page)).toContainText('No item');
});

test('with the keyboard alone: from a comment to an award, and the focus stays', async ({
	page,
	server
}) => {
	const showId = await start(page, server, { '12': 1 });
	await server.say(showId, 'mia.lee', 'so pretty');
	await server.say(showId, 'bob', 'how much?');
	const comments = panel(page, 'Comments');
	await expect(comments).toContainText('bob');
	await page.keyboard.press('m');
	await expect(page.getByLabel(/Filter comments/)).toBeFocused();
	await page.keyboard.press('Tab');
	await page.keyboard.press('Tab');
	await expect(comments.getByRole('button', { name: /bob/ })).toBeFocused();
	await page.keyboard.press('ArrowDown');
	const line = comments.getByRole('button', { name: /mia\.lee/ });
	await expect(line).toBeFocused();
	// The list holds still under the focus.
	for (let index = 0; index < 30; index++) await server.say(showId, `viewer${index}`, 'hi');
	await expect(comments).toContainText('30 new');
	await expect(line).toBeFocused();
	await page.keyboard.press('Enter');
	const dialog = page.getByRole('dialog', { name: /mia\.lee/ });
	await expect(dialog.locator('input:focus')).toBeVisible();
	await page.keyboard.type('12');
	await expect(dialog).toContainText(/gets the last unit of item 12/);
	await page.keyboard.press('Enter');
	await expect(dialog).toHaveCount(0);
	await expect(panel(page, 'Items')).toContainText('Sold out');
	await expect(line).toBeFocused();
});
