import AxeBuilder from '@axe-core/playwright';
import type { Locator, Page } from '@playwright/test';
import { draftShow, viewerOf } from './drafts.ts';
import { expect, test } from './fixtures.ts';
import { signIn } from './pages.ts';
import { eveningShow } from './summary-show.ts';

const WCAG_22_AA = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

async function violations(page: Page): Promise<string[]> {
	const { violations: found } = await new AxeBuilder({ page }).withTags(WCAG_22_AA).analyze();
	return found.map((rule) => `${rule.id}: ${rule.nodes[0]?.html ?? ''}`);
}

const section = (page: Page, name: string) => page.getByRole('region', { name, exact: true });

/** A figure with its note, as one line. */
async function figure(page: Page, label: string): Promise<string> {
	const name = page.getByText(label, { exact: true });
	const tile = section(page, 'Figures').locator('dl > div').filter({ has: name });
	return (await tile.getByRole('definition').innerText()).replace(/\s+/g, ' ');
}

/** Numbers of the items in the order that the table shows them. */
const itemOrder = (page: Page) => section(page, 'Items').getByRole('rowheader').allInnerTexts();

const openItem = (page: Page, number: string): Locator =>
	section(page, 'Items').getByRole('button', { name: `Who has item ${number}`, exact: true });

test('an ended show leads to its summary, which says what it came to', async ({ page, server }) => {
	const account = await server.account();
	const showId = await eveningShow(server, account);
	await signIn(page, account);
	await page
		.getByRole('list', { name: 'Ended shows, newest first' })
		.getByRole('link', { name: 'Friday evening sale' })
		.click();
	await expect(page).toHaveURL(new RegExp(`/shows/${showId}/summary$`));
	await expect(page.getByRole('heading', { level: 1 })).toHaveText('Friday evening sale');
	const { totals, items } = await summaryOf(page, showId);
	expect(totals.sold).toBeGreaterThan(5);
	expect(await figure(page, 'Units sold')).toContain(`${totals.sold} / of ${totals.units}`);
	expect(await figure(page, 'Claims')).toContain(String(totals.claims));
	expect(await figure(page, 'Comments')).toContain(String(totals.comments));
	const soldOut = items.filter((item) => item.soldOut !== null).length;
	expect(await figure(page, 'Items sold out')).toContain(`${soldOut} / of 8`);
	await expect(page.getByRole('navigation', { name: 'Show' }).getByText('Summary')).toHaveAttribute(
		'aria-current',
		'page'
	);
});

type SummaryAnswer = {
	totals: Record<'sold' | 'units' | 'claims' | 'comments' | 'waiting', number>;
	items: { number: string; waiting: number; sold: number; soldOut: object | null }[];
};

/** What the API says. */
async function summaryOf(page: Page, showId: string): Promise<SummaryAnswer> {
	const input = encodeURIComponent(JSON.stringify({ showId }));
	const response = await page.request.get(`/api/trpc/summary.get?input=${input}`);
	const answer: { result: { data: SummaryAnswer } } = await response.json();
	return answer.result.data;
}

test('the items can be sorted and opened, by keyboard too', async ({ page, server }) => {
	const account = await server.account();
	const showId = await eveningShow(server, account);
	await signIn(page, account);
	await page.goto(`/shows/${showId}/summary`);
	expect(await itemOrder(page)).toEqual(['1', '2', '3', '4', '5', '6', '7', '8']);
	const { items } = await summaryOf(page, showId);
	const byWaiting = items
		.toSorted((a, b) => b.waiting - a.waiting || Number(a.number) - Number(b.number))
		.map(({ number }) => number);
	const header = section(page, 'Items').getByRole('button', { name: 'Waiting' });
	await header.click();
	await expect.poll(() => itemOrder(page)).toEqual(byWaiting);

	const [longest = ''] = byWaiting;
	await openItem(page, longest).focus();
	await page.keyboard.press('Enter');
	const waiting = page.getByRole('list', { name: `Waiting of item ${longest}` });
	await expect(waiting.getByRole('listitem')).toHaveCount(
		items.find(({ number }) => number === longest)?.waiting ?? 0
	);
	await expect(page.getByRole('list', { name: `Winners of item ${longest}` })).toContainText(
		'viewer_'
	);
	await page.keyboard.press('Enter');
	await expect(waiting).toHaveCount(0);
	const restock = section(page, 'Restock these').getByRole('listitem');
	await expect(restock.first()).toContainText(longest);
});

test('more names than the page brought come on demand', async ({ page, server }) => {
	const account = await server.account();
	const showId = await server.show(account, { '1': 1 });
	for (let n = 0; n < 112; n++) await server.say(showId, `viewer_${n}`, 'sold 1');
	await server.context.actions.changeStatus(showId, 'ended', 'user:test');
	await signIn(page, account);
	await expect(async () => {
		await page.goto(`/shows/${showId}/summary`);
		await expect(page.getByText('Ended')).toBeVisible({ timeout: 1_000 });
	}).toPass();
	const waiting = page.getByRole('list', { name: 'Waiting of item 1' }).getByRole('listitem');
	await openItem(page, '1').click();
	await expect(waiting).toHaveCount(10);
	await page.getByRole('button', { name: 'Show all 111' }).click();
	await expect(waiting).toHaveCount(111);
	await expect(waiting.last()).toContainText('viewer_111');
});

test('the timeline is read with the arrow keys, the pointer, and as a table', async ({
	page,
	server
}) => {
	const account = await server.account();
	const showId = await eveningShow(server, account);
	await signIn(page, account);
	await page.goto(`/shows/${showId}/summary`);
	const slider = page.getByRole('slider', { name: 'Comments and claims' });
	await expect(async () => {
		await slider.focus();
		await page.keyboard.press('End');
		await expect(slider).toHaveAttribute('aria-valuetext', /comments?, \d+ claims?/, {
			timeout: 500
		});
	}).toPass();
	const last = Number(await slider.getAttribute('aria-valuemax'));
	await expect(slider).toHaveAttribute('aria-valuenow', String(last));
	await page.keyboard.press('Home');
	await expect(slider).toHaveAttribute('aria-valuenow', '1');
	await page.keyboard.press('ArrowRight');
	await expect(slider).toHaveAttribute('aria-valuenow', '2');

	const box = await slider.boundingBox();
	if (!box) throw new Error('the chart is not there');
	await page.mouse.move(box.x + box.width / 2, box.y + 20);
	await expect(slider).toHaveAttribute('aria-valuenow', String(Math.floor(last / 2) + 1));

	await page.getByText('The same as a table').click();
	const table = page.getByRole('region', { name: 'Comments and claims over the show' });
	const rows = table.locator('tbody tr');
	await expect(rows).toHaveCount(last);
	const cells = await table.locator('tbody td:nth-child(2)').allInnerTexts();
	const { totals } = await summaryOf(page, showId);
	expect(cells.reduce((sum, cell) => sum + Number(cell), 0)).toBe(totals.comments);
	await expect(table).toContainText('Paused');
	await expect(table).toContainText('Resumed');
	await expect(table).toContainText('Shown: 1 Linen dress, sand');
	await expect(table).toContainText('Sold out:');
});

test('a draft says that there is nothing yet; viewers read summaries too', async ({
	page,
	server
}) => {
	const account = await server.account();
	const draft = await draftShow(server, account, [{ number: '1', title: 'Mug', quantity: 1 }]);
	const ended = await eveningShow(server, account);
	await signIn(page, await viewerOf(server, account));
	await page.goto(`/shows/${draft}/summary`);
	await expect(page.getByText('Nothing yet')).toBeVisible();
	await expect(page.getByRole('link', { name: 'Set it up' })).toHaveCount(0);
	await page.goto(`/shows/${ended}/summary`);
	await expect(section(page, 'Figures')).toBeVisible();
	const tabs = page.getByRole('navigation', { name: 'Show' }).getByRole('link');
	await expect(tabs.filter({ hasText: 'Setup' })).toHaveCount(0);
	const response = await page.goto(`/shows/${crypto.randomUUID()}/summary`);
	expect(response?.status()).toBe(404);
});

test('a history that is behind says how much is missing, and catches up by itself', async ({
	page,
	server
}) => {
	const account = await server.account();
	const showId = await server.show(account, { '12': 1 });
	const { db, actions } = server.context;
	await signIn(page, account);
	await expect(async () => {
		await page.goto(`/shows/${showId}/summary`);
		await expect(page.getByText('This show is live')).toBeVisible({ timeout: 1_000 });
	}).toPass();

	let behind = (): void => undefined;
	const released = new Promise<void>((resolve) => (behind = resolve));
	let held = (): void => undefined;
	const holding = new Promise<void>((resolve) => (held = resolve));
	// Whoever writes the history waits for the show's row.
	const lock = db.transaction().execute(async (tx) => {
		await tx.selectFrom('shows').select('id').where('id', '=', showId).forUpdate().execute();
		held();
		await released;
	});
	await holding;
	try {
		for (let n = 0; n < 150; n++) await server.say(showId, `viewer_${n}`, 'sold 12');
		await actions.changeStatus(showId, 'ended', 'user:test');
		await page.reload();
		await expect(page.getByRole('status').first()).toContainText(
			/The history is not complete yet: 301 events are still to be written/
		);
	} finally {
		behind();
		await lock;
	}
	await expect(page.getByText('The history is not complete yet')).toHaveCount(0);
	await expect(page.getByText('Ended', { exact: true })).toBeVisible();
	expect(await figure(page, 'Claims')).toContain('150');
});

test('on paper it is black on white, complete, and without what can be clicked', async ({
	page,
	server
}) => {
	const account = await server.account();
	const showId = await eveningShow(server, account);
	await signIn(page, account);
	await page.emulateMedia({ colorScheme: 'dark' });
	await page.goto(`/shows/${showId}/summary`);
	await openItem(page, '1').click();
	await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
	await expect(page.getByRole('banner')).toBeHidden();
	await expect(page.getByRole('button', { name: 'Print' })).toBeHidden();
	await expect(page.getByRole('navigation', { name: 'Show' })).toBeHidden();
	await expect(page.getByRole('slider')).toBeHidden();
	const { items } = await summaryOf(page, showId);
	for (const { number, sold } of items) {
		const winners = page.getByRole('list', { name: `Winners of item ${number}` });
		await expect(winners.getByRole('listitem')).toHaveCount(sold);
	}
	const colours = await page.evaluate(() => {
		const style = getComputedStyle(document.documentElement);
		return [style.backgroundColor, style.color];
	});
	expect(colours).toEqual(['rgb(255, 255, 255)', 'rgb(0, 0, 0)']);
	expect((await page.pdf({ format: 'A4' })).length).toBeGreaterThan(10_000);
	await page.emulateMedia({ media: 'screen' });
	await expect(page.getByRole('list', { name: 'Winners of item 2' })).toHaveCount(0);
	await expect(page.getByRole('list', { name: 'Winners of item 1' })).toBeVisible();
});

for (const colorScheme of ['light', 'dark'] as const) {
	test(`WCAG 2.2 AA, ${colorScheme}, and no sideways scrolling on a phone`, async ({
		page,
		server
	}) => {
		const account = await server.account();
		const showId = await eveningShow(server, account);
		const draft = await draftShow(server, account);
		await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
		await signIn(page, account);
		await page.goto(`/shows/${draft}/summary`);
		expect(await violations(page)).toEqual([]);
		for (const width of [1280, 360]) {
			await page.setViewportSize({ width, height: 800 });
			await page.goto(`/shows/${showId}/summary`);
			await openItem(page, '2').click();
			await page.getByText('The same as a table').click();
			expect(await violations(page)).toEqual([]);
			const main = page.getByRole('main');
			const [content, room] = await main.evaluate((node) => [node.scrollWidth, node.clientWidth]);
			expect(content).toBe(room);
			const queues = page.getByRole('list', { name: 'Items by length of the queue' });
			// Within a card nothing scrolls: what is too wide would be cut off.
			const cut = await queues.evaluate((node) => node.scrollWidth - node.clientWidth);
			expect(cut).toBe(0);
		}
	});
}
