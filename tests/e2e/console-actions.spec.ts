import type { Locator, Page } from '@playwright/test';
import { expect, test } from './fixtures.ts';
import type { Server } from './fixtures.ts';
import { connection, expectShown, openConsole, panel, shownState, signIn } from './pages.ts';

async function start(page: Page, server: Server, items: Record<string, number> = { '12': 1 }) {
	const account = await server.account();
	const showId = await server.show(account, items);
	await signIn(page, account);
	await openConsole(page, showId);
	return { account, showId };
}

/** The details of an item, opened from its row. */
async function openItem(page: Page, number: string): Promise<Locator> {
	await panel(page, 'Items')
		.getByRole('button', { name: `Item ${number}`, exact: true })
		.click();
	const details = page.getByRole('region', { name: `Item ${number}`, exact: true });
	await expect(details).toBeVisible();
	return details;
}

const winners = (details: Locator) => details.getByRole('list', { name: 'Winners' });
const waitlist = (details: Locator) => details.getByRole('list', { name: 'Waitlist' });
const toast = (page: Page, text: RegExp) =>
	page.getByRole('listitem').filter({ hasText: text }).last();

test('releasing says first who moves up, tells the host, and can be undone', async ({
	page,
	server
}) => {
	const { showId } = await start(page, server);
	await server.say(showId, 'ana', 'sold 12');
	await server.say(showId, 'ben', 'sold 12');
	await server.say(showId, 'cal', 'sold 12');
	const details = await openItem(page, '12');
	await expect(waitlist(details)).toContainText('cal');

	await details.getByRole('button', { name: 'Release ana' }).click();
	await expect(details).toContainText(/ana.* loses the unit.*ben.* is next in the queue/);
	await expect(winners(details)).toContainText('ana');
	await details.getByRole('button', { name: 'Release', exact: true }).click();
	await expect(winners(details)).toContainText('ben');
	await expect(winners(details)).not.toContainText('ana');

	const host = page.getByRole('region', { name: 'Tell the host' });
	await expect(host).toContainText('Item 12 goes to ben');
	await host.getByRole('button', { name: /^Told/ }).click();
	await expect(host).not.toContainText('ben');

	await toast(page, /released from item 12/)
		.getByRole('button', { name: 'Undo' })
		.click();
	await expect(winners(details)).toContainText('ana');
	await expect(waitlist(details).getByRole('listitem').first()).toContainText('ben');
	await expect(details.getByRole('list', { name: /History/ })).toContainText(
		/ana was released → ben promoted/
	);
});

test('an undo that others’ claims have overtaken is no longer offered', async ({
	page,
	server
}) => {
	const { showId } = await start(page, server, { '12': 2 });
	await server.say(showId, 'ana', 'sold 12');
	const details = await openItem(page, '12');
	await details.getByRole('button', { name: 'Release ana' }).click();
	await details.getByRole('button', { name: 'Release', exact: true }).click();
	const done = toast(page, /released from item 12/);
	await expect(done.getByRole('button', { name: 'Undo' })).toBeVisible();
	await server.say(showId, 'zoe', 'sold 12');
	await expect(done).toContainText('Item 12 changed since.');
	await expect(done.getByRole('button', { name: 'Undo' })).toHaveCount(0);
	await details.focus();
	await page.keyboard.press('u');
	await expect(page.getByText(/Can’t be undone/)).toBeVisible();
	await expect(winners(details)).toContainText('zoe');
});

test('a unit is awarded to somebody who commented, and to a name typed by hand', async ({
	page,
	server
}) => {
	const { showId } = await start(page, server, { '12': 2 });
	await server.say(showId, 'mia.lee', 'what a lovely dress');
	await expect(panel(page, 'Comments')).toContainText('mia.lee');
	const details = await openItem(page, '12');

	await details.getByRole('button', { name: 'Award a unit' }).click();
	const search = details.getByRole('combobox');
	await expect(search).toBeFocused();
	await search.fill('mia');
	await expect(details.getByRole('option').first()).toContainText('mia.lee');
	await page.keyboard.press('Enter');
	await expect(details).toContainText(/mia\.lee.* gets a unit of item 12.*1 unit stays free/);
	await details.getByRole('button', { name: 'Award', exact: true }).click();
	await expect(winners(details)).toContainText('mia.lee');

	await details.getByRole('button', { name: 'Award a unit' }).click();
	await details.getByRole('combobox').fill('Walk In');
	await expect(details.getByRole('option')).toHaveText([/Walk In/]);
	await page.keyboard.press('Enter');
	await details.getByRole('button', { name: 'Award', exact: true }).click();
	await expect(winners(details)).toContainText('Walk In');
	await expect(details.getByRole('button', { name: 'Award a unit' })).toBeDisabled();
	await expect(details).toContainText('No unit is free');
});

test('a winner’s unit is reassigned past the queue', async ({ page, server }) => {
	const { showId } = await start(page, server);
	for (const user of ['ana', 'ben', 'cal']) await server.say(showId, user, 'sold 12');
	const details = await openItem(page, '12');
	await expect(waitlist(details)).toContainText('cal');
	await details.getByRole('button', { name: /Reassign.*ana/ }).click();
	await details.getByRole('option', { name: /cal.*Waitlist #2/ }).click();
	await expect(details).toContainText(/1 buyer in the queue is passed over/);
	await details.getByRole('button', { name: 'Reassign', exact: true }).click();
	await expect(toast(page, /Item 12 moved from/)).toBeVisible();
	await expect(winners(details)).not.toContainText('ana');
	await expect(winners(details)).toContainText('cal');
	await expect(waitlist(details)).toContainText('ben');
	await page.keyboard.press('u');
	await expect(winners(details)).toContainText('ana');
	await expect(waitlist(details).getByRole('listitem').last()).toContainText('cal');
});

test('a quantity that promotes asks first; one below the winners is refused in words', async ({
	page,
	server
}) => {
	const { showId } = await start(page, server);
	await server.say(showId, 'ana', 'sold 12');
	const details = await openItem(page, '12');
	await expect(winners(details)).toContainText('ana');

	await details.getByRole('button', { name: 'One unit less of item 12' }).click();
	const asked = page.getByRole('dialog', { name: /Quantity of item 12/ });
	await expect(asked).toContainText('1 unit is sold already. Release a winner first.');
	await asked.getByRole('button', { name: 'Cancel' }).click();

	await details.getByRole('button', { name: 'One unit more of item 12' }).click();
	await expect(details).toContainText('of 2 sold');
	await server.say(showId, 'ben', 'sold 12');
	await server.say(showId, 'cal', 'sold 12');
	await expect(waitlist(details)).toContainText('cal');
	await details.getByRole('button', { name: 'One unit more of item 12' }).click();
	await expect(asked).toContainText(/cal.* moves up from the queue and gets a unit/);
	await asked.getByRole('button', { name: 'Set to 3' }).click();
	await expect(winners(details)).toContainText('cal');
});

test('ending says what it leaves, and can be taken back', async ({ page, server }) => {
	const { showId } = await start(page, server, { '12': 2 });
	await server.say(showId, 'ana', 'sold 12');
	await expect(panel(page, 'Claims')).toContainText('ana');
	await page.getByRole('button', { name: 'End', exact: true }).click();
	const dialog = page.getByRole('alertdialog');
	await expect(dialog).toContainText('It leaves 1 unit without a buyer.');
	await dialog.getByRole('button', { name: 'End show' }).click();
	await expect(page.getByText('Ended', { exact: true })).toBeVisible();
	await toast(page, /The show has ended/)
		.getByRole('button', { name: 'Undo' })
		.click();
	await expect(page.getByText('Live', { exact: true })).toBeVisible();
	await server.say(showId, 'ben', 'sold 12');
	await expect(panel(page, 'Claims')).toContainText('ben');
});

test('closing and renaming an item can be taken back', async ({ page, server }) => {
	await start(page, server);
	const details = await openItem(page, '12');
	await details.getByRole('button', { name: 'Close', exact: true }).click();
	await expect(panel(page, 'Items')).toContainText('Closed');
	await details.focus();
	await page.keyboard.press('u');
	await expect(panel(page, 'Items')).toContainText('Unclaimed');

	const edit = page.getByRole('button', { name: 'Edit title' });
	await edit.click();
	await expect(details.getByLabel('Title of item 12')).toBeFocused();
	await page.keyboard.type('Linen dress');
	await page.keyboard.press('Enter');
	await expect(panel(page, 'Items')).toContainText('Linen dress');
	// The event may come before the answer; until then the key would be typed into the field.
	await expect(edit).toBeFocused();
	await page.keyboard.press('u');
	await expect(panel(page, 'Items')).not.toContainText('Linen dress');
});

test('two consoles see each other’s actions; what comes too late is refused, never doubled', async ({
	page,
	server,
	context
}) => {
	const { showId } = await start(page, server);
	await server.say(showId, 'ana', 'sold 12');
	await server.say(showId, 'ben', 'sold 12');
	const other = await context.newPage();
	await openConsole(other, showId);
	const mine = await openItem(page, '12');
	const theirs = await openItem(other, '12');
	await mine.getByRole('button', { name: 'Release ana' }).click();
	await theirs.getByRole('button', { name: 'Release ana' }).click();
	await mine.getByRole('button', { name: 'Release', exact: true }).click();
	await expect(winners(mine)).toContainText('ben');
	// The row that was asked about is gone from the other console, and with it the question.
	await expect(winners(theirs)).toContainText('ben');
	await expect(theirs.getByRole('button', { name: 'Release', exact: true })).toHaveCount(0);
	await expect(theirs).toBeFocused();
	await expect(waitlist(theirs)).toHaveCount(0);
	await page.keyboard.press('Escape');
	await other.keyboard.press('Escape');
	await expect(panel(page, 'Comments')).toBeVisible();
	await expect(panel(other, 'Comments')).toBeVisible();
	await expect(async () => {
		expect(await shownState(page)).toEqual(await shownState(other));
	}).toPass();
});

test('an action that comes too late is refused in words', async ({ page, server }) => {
	const { showId } = await start(page, server);
	await server.say(showId, 'ana', 'sold 12');
	const details = await openItem(page, '12');
	await details.getByRole('button', { name: 'Release ana' }).click();
	// The other action is done, but this console has not heard of it yet.
	const call = page.waitForRequest(/claims\.release/);
	await page.route(/claims\.release/, async (route) => {
		await server.say(showId, 'ana', 'pass 12');
		await route.continue();
	});
	await details.getByRole('button', { name: 'Release', exact: true }).click();
	await call;
	await expect(page.getByText('This claim is no longer active.')).toBeVisible();
	await expect(details).toContainText('Nobody has claimed it yet.');
});

test('offline and back: the console equals a fresh load', async ({ page, server, context }) => {
	const { showId } = await start(page, server, { '12': 2, '13': 1 });
	await server.say(showId, 'ana', 'sold 12');
	await expect(panel(page, 'Claims')).toContainText('ana');
	// The browser keeps an open socket when it goes offline: nothing more may be on its way, or the
	// console rightly takes it as a sign of life.
	await expect(page.getByText('Saved', { exact: true })).toBeVisible();
	await context.setOffline(true);
	await expect(connection(page)).toHaveText(/Offline$/, { timeout: 45_000 });
	await server.say(showId, 'ben', 'sold 13');
	await server.say(showId, 'ana', 'pass 12');
	await context.setOffline(false);
	await expect(panel(page, 'Claims')).toContainText('ben', { timeout: 45_000 });
	await expect(panel(page, 'Comments')).toContainText('pass 12');
	await expect(connection(page)).toHaveText(/Connected$/);
	const live = await shownState(page);
	await page.reload();
	await expect(connection(page)).toHaveText(/Connected$/);
	await expectShown(page, live);
});
