import { setTimeout as sleep } from 'node:timers/promises';
import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { viewerOf } from './drafts.ts';
import { expect, test } from './fixtures.ts';
import type { Account, Server } from './fixtures.ts';
import { panel, signIn } from './pages.ts';

const WCAG_22_AA = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
const OPERATOR = 'user:test';
const slider = (page: Page) => page.getByRole('slider', { name: 'Moment of the show' });
const position = async (page: Page) => Number(await slider(page).getAttribute('aria-valuenow'));

/** Seq of the last event: two items and the start, ana wins, ben waits, chat, ana passes, ben is promoted. */
const END = 12;

async function playedShow(server: Server, account: Account, end = true): Promise<string> {
	const showId = await server.show(account, { '7': 2, '12': 1 });
	for (const [user, text] of [
		['ana', 'sold 12'],
		['ben', 'sold 12'],
		['cid', 'so pretty'],
		['ana', 'pass 12']
	] as const) {
		// Times are told in milliseconds: what shares one is one moment of the replay.
		await sleep(5);
		await server.say(showId, user, text);
	}
	await sleep(5);
	const { actions, db, live } = server.context;
	if (end) await actions.changeStatus(showId, 'ended', OPERATOR);
	const { seq } = await live.snapshot(showId);
	await expect(async () => {
		const row = await db
			.selectFrom('shows')
			.select('last_seq')
			.where('id', '=', showId)
			.executeTakeFirstOrThrow();
		expect(Number(row.last_seq)).toBe(seq);
	}).toPass();
	return showId;
}

async function openReplay(page: Page, showId: string, query = ''): Promise<void> {
	await page.goto(`/shows/${showId}/replay${query}`);
	// The digest is read by the page itself: once it is there, the page listens.
	await expect(page.getByText(/stored result/)).toBeVisible();
	await expect(page.getByText('equals the stored result')).toBeVisible();
}

test('the keyboard moves through the show, and everything follows', async ({ page, server }) => {
	const account = await server.account();
	const showId = await playedShow(server, account);
	await signIn(page, account);
	await openReplay(page, showId);
	await expect(slider(page)).toHaveAttribute('aria-valuenow', '3');
	await expect(slider(page)).toHaveAttribute('aria-valuemax', String(END));
	await expect(panel(page, 'Claims')).toContainText('No claims yet');
	await expect(panel(page, 'Items')).toContainText('0 of 3 sold');

	await slider(page).focus();
	for (const seq of ['4', '5']) {
		await page.keyboard.press('ArrowRight');
		await expect(slider(page)).toHaveAttribute('aria-valuenow', seq);
	}
	await expect(panel(page, 'Claims')).toContainText('ana');
	await expect(panel(page, 'Claims')).toContainText('Won');
	await expect(panel(page, 'Items')).toContainText('1 of 3 sold');
	await expect(panel(page, 'Comments')).not.toContainText('so pretty');

	await page.keyboard.press('End');
	await expect(slider(page)).toHaveAttribute('aria-valuenow', String(END));
	await expect(panel(page, 'Comments')).toContainText('so pretty');
	await expect(panel(page, 'Claims')).toContainText('Promoted');
	await panel(page, 'Items').getByRole('button', { name: 'Item 12' }).click();
	const winners = panel(page, 'Items').getByRole('list', { name: 'Winners' });
	await expect(winners.getByRole('listitem')).toHaveText([/ben/]);

	// Back to before the pass: the same item, as it was.
	await slider(page).focus();
	for (let n = 1; n <= 4; n++) {
		await page.keyboard.press('ArrowLeft');
		await expect(slider(page)).toHaveAttribute('aria-valuenow', String(END - n));
	}
	await expect(winners.getByRole('listitem')).toHaveText([/ana/]);
	const waiting = panel(page, 'Items').getByRole('list', { name: 'Waitlist' });
	await expect(waiting.getByRole('listitem')).toHaveText([/ben/]);

	await page.keyboard.press('PageUp');
	await expect(slider(page)).toHaveAttribute('aria-valuenow', String(END));
	await page.keyboard.press('PageDown');
	await expect(slider(page)).toHaveAttribute('aria-valuenow', '3');
	await page.keyboard.press('Home');
	await expect(slider(page)).toHaveAttribute('aria-valuenow', '3');
});

test('it plays to the end by itself, at any speed', async ({ page, server }) => {
	const account = await server.account();
	const showId = await playedShow(server, account);
	await signIn(page, account);
	await openReplay(page, showId);
	await page.getByRole('button', { name: '16×' }).click();
	await expect(page.getByRole('button', { name: '16×' })).toHaveAttribute('aria-pressed', 'true');
	await page.getByRole('button', { name: 'Play' }).click();
	await expect(slider(page)).toHaveAttribute('aria-valuenow', String(END));
	await expect(page.getByRole('button', { name: 'Play' })).toBeVisible();
});

test('the slider follows the pointer, and moments can be jumped to', async ({ page, server }) => {
	const account = await server.account();
	const showId = await playedShow(server, account);
	await signIn(page, account);
	await openReplay(page, showId);
	const box = await slider(page).boundingBox();
	if (!box) throw new Error('the slider has no place');
	const middle = box.y + box.height / 2;
	await page.mouse.move(box.x + box.width / 2, middle);
	await page.mouse.down();
	await page.mouse.move(box.x + box.width + 50, middle + 20, { steps: 5 });
	await expect.poll(() => position(page)).toBe(END);
	await page.mouse.move(box.x - 50, middle);
	await expect.poll(() => position(page)).toBe(3);
	await page.mouse.up();
	await page.mouse.move(box.x + box.width / 2, middle + 100);
	await page.keyboard.press('End');
	await expect.poll(() => position(page)).toBe(END);
	const sold = page.getByLabel('Jump to a moment').getByText(/Item 12 sold out/);
	await page.getByLabel('Jump to a moment').selectOption(await sold.first().getAttribute('value'));
	await expect(panel(page, 'Items')).toContainText('1 of 3 sold');
	await expect.poll(() => position(page)).toBeLessThan(END);
});

test('why: a claim and a comment explain themselves, and lead to the moment', async ({
	page,
	server
}) => {
	const account = await server.account();
	const showId = await playedShow(server, account);
	await signIn(page, account);
	await openReplay(page, showId, `?event=${END}`);
	await expect(slider(page)).toHaveAttribute('aria-valuenow', String(END));
	await panel(page, 'Items').getByRole('button', { name: 'Item 12' }).click();
	await panel(page, 'Items').getByRole('button', { name: 'Why? ben' }).click();
	const dialog = page.getByRole('dialog', { name: 'Why? Item 12' });
	const sentences = dialog.getByRole('list', { name: 'What decided it' }).getByRole('listitem');
	await expect(sentences).toHaveText([
		/ben wrote “?sold 12”?\. It reached us at .*as number 6 in the log\. Item 12 was already taken by ana.*at place 1/,
		/ana wrote “?pass 12”? at .* and gave the unit up\. ben was the only one in the queue, so the unit went to them\./
	]);
	await expect(dialog).toContainText('In the end: holds a unit.');
	await dialog
		.getByRole('button', { name: /Go there/ })
		.first()
		.click();
	await expect(dialog).toHaveCount(0);
	await expect(slider(page)).toHaveAttribute('aria-valuenow', '7');

	await page
		.getByRole('button', { name: /the comment of ana/ })
		.first()
		.click();
	await expect(page.getByRole('dialog', { name: 'Why? Item 12' })).toContainText('so it won');
	await page.keyboard.press('Escape');
	await expect(page.getByRole('dialog')).toHaveCount(0);
});

test('a running show ends where it is now, and can be followed on', async ({ page, server }) => {
	const account = await server.account();
	const showId = await playedShow(server, account, false);
	await signIn(page, await viewerOf(server, account));
	await openReplay(page, showId);
	await expect(slider(page)).toHaveAttribute('aria-valuenow', String(END - 1));
	await expect(page.getByText('This show is still on')).toBeVisible();
	await server.say(showId, 'eve', 'sold 7');
	const newest = page.getByRole('button', { name: 'To the newest event' });
	await expect(async () => {
		await newest.click();
		await expect(slider(page)).toHaveAttribute('aria-valuenow', String(END + 1), {
			timeout: 1_000
		});
	}).toPass();
	await expect(panel(page, 'Claims')).toContainText('eve');
});

test('a show of somebody else is not there', async ({ page, server }) => {
	const showId = await playedShow(server, await server.account());
	await signIn(page, await server.account());
	expect((await page.goto(`/shows/${showId}/replay`))?.status()).toBe(404);
});

for (const colorScheme of ['light', 'dark'] as const) {
	test.describe(colorScheme, () => {
		test.use({ colorScheme, reducedMotion: 'reduce' });

		test('the page meets WCAG 2.2 AA, wide and narrow', async ({ page, server }) => {
			const account = await server.account();
			const showId = await playedShow(server, account);
			await signIn(page, account);
			for (const width of [1_280, 360]) {
				await page.setViewportSize({ width, height: 800 });
				await openReplay(page, showId, `?event=${END}`);
				await panel(page, 'Items').getByRole('button', { name: 'Item 12' }).click();
				await expect(page.getByRole('list', { name: 'Winners' })).toBeVisible();
				const check = async () => {
					const { violations } = await new AxeBuilder({ page }).withTags(WCAG_22_AA).analyze();
					expect(violations.map((rule) => `${rule.id}: ${rule.nodes[0]?.html}`)).toEqual([]);
				};
				await check();
				const wider = await page.evaluate(
					() => document.documentElement.scrollWidth - document.documentElement.clientWidth
				);
				expect(wider, `${width} px`).toBe(0);
				await page.getByRole('button', { name: 'Why? ben' }).click();
				await expect(page.getByRole('dialog')).toContainText('reached us');
				await check();
				await page.keyboard.press('Escape');
			}
		});
	});
}
