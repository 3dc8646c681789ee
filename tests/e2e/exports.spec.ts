import { readFile } from 'node:fs/promises';
import { get } from 'node:http';
import AxeBuilder from '@axe-core/playwright';
import type { Download, Locator, Page } from '@playwright/test';
import { sql } from 'kysely';
import { asEvent } from '../../src/lib/server/event-schema.ts';
import { showKey } from '../../src/lib/server/redis/keys.ts';
import { expect, test } from './fixtures.ts';
import type { Account, Server } from './fixtures.ts';
import { signIn } from './pages.ts';

const WCAG_22_AA = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
const MARK = '\ufeff';

async function endShow(server: Server, showId: string): Promise<void> {
	await server.context.actions.changeStatus(showId, 'ended', 'user:test');
}

/** A show that is over, in a workspace that lives in Berlin. */
async function endedShow(server: Server, account: Account): Promise<string> {
	const { db } = server.context;
	await db
		.updateTable('workspaces')
		.set({ time_zone: 'Europe/Berlin' })
		.where('id', '=', account.workspaceId)
		.execute();
	const showId = await server.show(account, { '12': 1, '7': 2 });
	await server.say(showId, '=ana', 'sold 12 💕, please');
	await server.say(showId, 'ben', 'sold 12\nand 7');
	await server.say(showId, 'ben', 'sold 7');
	await endShow(server, showId);
	return showId;
}

async function openMenu(page: Page): Promise<Locator> {
	const menu = page.getByRole('dialog', { name: 'Export' });
	await page.getByRole('button', { name: 'Export', exact: true }).click();
	return menu;
}

const fileButton = (menu: Locator, label: string): Locator =>
	menu.getByRole('button', { name: new RegExp(`^${label}`) });

const bomSwitch = (menu: Locator): Locator => menu.getByRole('switch', { name: /byte order mark/ });

async function save(page: Page, menu: Locator, label: string): Promise<Download> {
	const download = page.waitForEvent('download');
	await fileButton(menu, label).click();
	return await download;
}

async function textOf(download: Download): Promise<string> {
	return await readFile(await download.path(), 'utf8');
}

test('a seller hands a finished show on: four files, named and written for a spreadsheet', async ({
	page,
	server
}) => {
	const account = await server.account();
	const showId = await endedShow(server, account);
	await signIn(page, account);
	await page.goto(`/shows/${showId}/summary`);
	const menu = await openMenu(page);

	const claims = await save(page, menu, 'Claims');
	expect(claims.suggestedFilename()).toMatch(/^Friday sale \d{4}-\d{2}-\d{2} claims\.csv$/);
	await expect(menu.getByRole('status')).toHaveText('The download of claims.csv has started.');
	const [header, first, second, third, end] = (await textOf(claims)).split('\r\n');
	expect(header).toBe(
		`${MARK}timestamp,item_number,item_title,user_handle,platform,status,waitlist_position`
	);
	const time = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}\+0[12]:00/;
	expect(first).toMatch(time);
	expect(first?.replace(time, '')).toBe(",12,Item 12,'=ana,facebook,winner,");
	expect(second?.replace(time, '')).toBe(',12,Item 12,ben,facebook,waitlist,1');
	expect(third?.replace(time, '')).toBe(',7,Item 7,ben,facebook,winner,');
	expect(end).toBe('');

	const buyers = await textOf(await save(page, menu, 'Buyers'));
	expect(buyers).toBe(`${MARK}user_handle,items_claimed,total_items\r\n'=ana,12,1\r\nben,7,1\r\n`);
	const comments = await textOf(await save(page, menu, 'Comments'));
	expect(comments).toContain(',"sold 12 💕, please",claim,12,winner,');
	expect(comments).toContain(',"sold 12\nand 7",claim,12,waitlist,1,');
	const log = await save(page, menu, 'Event log');
	expect(log.suggestedFilename()).toMatch(/ events\.jsonl$/);
	const lines = (await textOf(log)).trimEnd().split('\n');
	expect(lines.map((line) => asEvent(JSON.parse(line)).seq)).toEqual(lines.map((_, n) => n + 1));
});

test('the byte order mark can be switched off, and stays off in this browser', async ({
	page,
	server
}) => {
	const account = await server.account();
	const showId = await endedShow(server, account);
	await signIn(page, account);
	await page.goto(`/shows/${showId}/summary`);
	let menu = await openMenu(page);
	await expect(bomSwitch(menu)).toBeChecked();
	await bomSwitch(menu).click();
	await expect(bomSwitch(menu)).not.toBeChecked();
	await page.reload();
	menu = await openMenu(page);
	await expect(bomSwitch(menu)).not.toBeChecked();
	expect(await textOf(await save(page, menu, 'Buyers'))).toMatch(/^user_handle,/);
	await bomSwitch(menu).click();
	expect(await textOf(await save(page, menu, 'Buyers'))).toMatch(/^\ufeffuser_handle,/);
});

test('semicolons between the columns are switched on, also for the audit log’s file', async ({
	page,
	server
}) => {
	const account = await server.account();
	const showId = await endedShow(server, account);
	await signIn(page, account);
	await page.goto(`/shows/${showId}/summary`);
	const menu = await openMenu(page);
	const semicolons = menu.getByRole('switch', { name: /semicolons/ });
	await expect(semicolons).not.toBeChecked();
	await semicolons.click();
	await expect(semicolons).toBeChecked();
	const buyers = await textOf(await save(page, menu, 'Buyers'));
	expect(buyers).toBe(`${MARK}user_handle;items_claimed;total_items\r\n'=ana;12;1\r\nben;7;1\r\n`);
	await page.goto('/audit');
	const link = page.getByRole('link', { name: 'Export as CSV' });
	await expect(link).toHaveAttribute('href', /bom=1&separator=semicolon$/);
	const download = page.waitForEvent('download');
	await link.click();
	expect(await textOf(await download)).toMatch(/^\ufefftimestamp;member;action;/);
});

test('a server that makes too many downloads says so in the menu, and offers them again', async ({
	page,
	server
}) => {
	const account = await server.account();
	const showId = await endedShow(server, account);
	await signIn(page, account);
	await page.goto(`/shows/${showId}/summary`);
	const message = 'Too many downloads are running at once.';
	await page.route('**/exports', (route) =>
		route.fulfill({ json: { ready: false, reason: 'busy', message } })
	);
	const menu = await openMenu(page);
	await expect(menu).toContainText(message);
	await expect(fileButton(menu, 'Claims')).toBeDisabled();
	await page.unroute('**/exports');
	await expect(fileButton(menu, 'Claims')).toBeEnabled();
	await expect(menu).not.toContainText(message);
});

test('while the show runs the menu says why there is nothing, and wakes up when it is over', async ({
	page,
	server
}) => {
	const account = await server.account();
	const showId = await server.show(account);
	await signIn(page, account);
	await page.goto(`/shows/${showId}/summary`);
	const menu = await openMenu(page);
	await expect(menu).toContainText('The show is not over yet.');
	for (const label of ['Claims', 'Buyers', 'Comments', 'Event log']) {
		await expect(fileButton(menu, label)).toBeDisabled();
	}
	await endShow(server, showId);
	await expect(fileButton(menu, 'Claims')).toBeEnabled();
	await expect(menu).not.toContainText('not over');
	expect(await textOf(await save(page, menu, 'Buyers'))).toContain('user_handle');
});

test('the keyboard does it all', async ({ page, server }) => {
	const account = await server.account();
	const showId = await endedShow(server, account);
	await signIn(page, account);
	await page.goto(`/shows/${showId}/summary`);
	const menu = await openMenu(page);
	await page.keyboard.press('Escape');
	await expect(menu).toBeHidden();
	await expect(page.getByRole('button', { name: 'Export', exact: true })).toBeFocused();
	await page.keyboard.press('Enter');
	await expect(fileButton(menu, 'Claims')).toBeEnabled();
	await fileButton(menu, 'Claims').focus();
	await page.keyboard.press('Tab');
	await expect(fileButton(menu, 'Buyers')).toBeFocused();
	const download = page.waitForEvent('download');
	await page.keyboard.press('Enter');
	expect((await download).suggestedFilename()).toMatch(/ buyers\.csv$/);
});

test('what goes wrong is said in the menu, and passes by itself', async ({ page, server }) => {
	const account = await server.account();
	const showId = await endedShow(server, account);
	await signIn(page, account);
	await page.goto(`/shows/${showId}/summary`);
	const menu = await openMenu(page);
	await expect(fileButton(menu, 'Claims')).toBeEnabled();
	await page.route('**/exports', (route) => route.abort());
	await fileButton(menu, 'Claims').click();
	await expect(menu.getByRole('alert')).toContainText('can’t be reached');
	await expect(fileButton(menu, 'Claims')).toBeDisabled();
	await expect(fileButton(menu, 'Claims')).toBeFocused();
	await page.unroute('**/exports');
	await expect(fileButton(menu, 'Claims')).toBeEnabled();
	await expect(menu.getByRole('alert')).toHaveCount(0);

	await page.context().clearCookies();
	await fileButton(menu, 'Claims').click();
	await expect(menu.getByRole('alert')).toContainText('signed out');
});

for (const colorScheme of ['light', 'dark'] as const) {
	test.describe(`WCAG 2.2 AA, ${colorScheme}`, () => {
		test.use({ colorScheme, reducedMotion: 'reduce', viewport: { width: 360, height: 720 } });

		test('the menu, ready and not, on a narrow screen', async ({ page, server }) => {
			const account = await server.account();
			const running = await server.show(account);
			const over = await endedShow(server, account);
			await signIn(page, account);
			for (const showId of [running, over]) {
				await page.goto(`/shows/${showId}/summary`);
				const menu = await openMenu(page);
				const state = showId === over ? 'enabled' : 'disabled';
				const claims = fileButton(menu, 'Claims');
				await (state === 'enabled' ? expect(claims).toBeEnabled() : expect(claims).toBeDisabled());
				const box = await menu.boundingBox();
				expect((box?.x ?? -1) >= 0 && (box?.x ?? 0) + (box?.width ?? 999) <= 360).toBe(true);
				const { violations } = await new AxeBuilder({ page }).withTags(WCAG_22_AA).analyze();
				expect(violations.map((rule) => `${rule.id}: ${rule.nodes[0]?.html ?? ''}`)).toEqual([]);
			}
		});
	});
}

test('a download that is broken off leaves nothing running behind it', async ({ page, server }) => {
	const account = await server.account();
	const showId = await endedShow(server, account);
	await signIn(page, account);
	await expect
		.poll(async () => (await page.request.get(`/shows/${showId}/exports`)).json())
		.toEqual({ ready: true });
	const { db, redis } = server.context;
	// More than all buffers between Postgres and here hold.
	await sql`
		insert into comments (show_id, seq, platform, live_id, comment_id, user_id, handle, text,
			received_at, outcome)
		select ${showId}::uuid, 1000 + n, 'facebook', 'live', 'x' || n, 'u', 'u', repeat('so pretty ', 200),
			now(), 'none'
		from generate_series(1, 60000) n
	`.execute(db);
	await sql`update shows set last_seq = 61000 where id = ${showId}::uuid`.execute(db);
	await redis.hset(showKey(showId, 'meta'), 'seq', '61000');
	const cookie = (await page.context().cookies())
		.map(({ name, value }) => `${name}=${value}`)
		.join('; ');
	const read = async (): Promise<string> => {
		const { rows } = await sql<{ read: string }>`
			select coalesce(idx_tup_fetch, 0)::text as read from pg_stat_user_tables
			where relname = 'comments'
		`.execute(db);
		return rows[0]?.read ?? '';
	};
	// Other tests have read comments in this database, too.
	const readBefore = Number(await read());
	await new Promise<void>((resolve, reject) => {
		const address = `${server.app.origin}/shows/${showId}/exports/comments.csv`;
		get(address, { headers: { cookie } }, (response) => {
			expect(response.statusCode).toBe(200);
			response.once('data', () => {
				response.destroy();
				resolve();
			});
		}).once('error', reject);
	});
	// Statistics come in a second later.
	let before = '';
	await expect
		.poll(
			async () => {
				const now = await read();
				const rests = now === before;
				before = now;
				return rests;
			},
			{ intervals: [1_500] }
		)
		.toBe(true);
	expect(Number(before) - readBefore).toBeLessThan(40_000);
	const { rows } = await sql`
		select state, query from pg_stat_activity
		where datname = current_database() and pid <> pg_backend_pid()
			and backend_type = 'client backend' and query like '%comments%'
			and (state <> 'idle' or xact_start is not null)
	`.execute(db);
	expect(rows).toEqual([]);
	expect((await page.request.get(`/shows/${showId}/exports/buyers.csv`)).status()).toBe(200);
});
