import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { buyerRef } from '../../src/lib/domain/buyer-ref.ts';
import { expect, test } from './fixtures.ts';
import type { Account, Server } from './fixtures.ts';
import { signIn } from './pages.ts';

const WCAG_22_AA = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
/** Turned around, markup, wide and joined characters: what strangers call themselves. */
const HOSTILE = '\u202e<img src=x onerror=alert(1)>\u0645\u0631\u064a\u0645 👩‍👧';

async function violations(page: Page): Promise<string[]> {
	const { violations: found } = await new AxeBuilder({ page }).withTags(WCAG_22_AA).analyze();
	return found.map((rule) => `${rule.id}: ${rule.nodes[0]?.html ?? ''}`);
}

/** Waits until Postgres has everything that was said in the show. */
async function settled(server: Server, showId: string): Promise<void> {
	const { context } = server;
	await expect(async () => {
		const { seq } = await context.live.snapshot(showId);
		const { last_seq } = await context.db
			.selectFrom('shows')
			.select('last_seq')
			.where('id', '=', showId)
			.executeTakeFirstOrThrow();
		expect(Number(last_seq)).toBe(seq);
	}).toPass();
}

/** A show in which ana won 7 and 12, ben won 7, cid waits for 12. */
async function soldShow(server: Server, account: Account): Promise<string> {
	const showId = await server.show(account, { '7': 3, '8': 2, '12': 1 });
	for (const [user, text] of [
		['ana', 'sold 7'],
		['ana', 'sold 12'],
		['ben', 'sold 7'],
		['cid', 'sold 12']
	] as const) {
		await server.say(showId, user, text);
	}
	await settled(server, showId);
	return showId;
}

const rows = (page: Page) => page.getByRole('table').getByRole('row');

test('buyers of a show: who won what; search, and the person behind a name', async ({
	page,
	server
}) => {
	const account = await server.account();
	const showId = await soldShow(server, account);
	await signIn(page, account);
	await page.goto(`/shows/${showId}/buyers`);
	await expect(rows(page)).toHaveCount(4);
	await expect(rows(page).nth(1)).toContainText('ana');
	await expect(rows(page).nth(1)).toContainText('#12');
	await expect(rows(page).nth(1)).toContainText('Item 12');
	await expect(page.getByText('The show is not over')).toBeVisible();
	await page.getByRole('textbox', { name: 'Search buyers' }).fill('CI');
	await expect(rows(page)).toHaveCount(2);
	await expect(page).toHaveURL(/search=CI$/);
	await page.getByRole('link', { name: 'cid' }).click();
	await expect(page.getByRole('heading', { name: 'cid', level: 1 })).toBeVisible();
	await expect(page.getByRole('list', { name: 'Claims, newest first' })).toContainText('Waiting');
	await page.goto(`/buyers/${buyerRef('facebook:nobody')}`);
	await expect(page.getByText('Error 404')).toBeVisible();
	await page.goto('/buyers/no.key');
	await expect(page.getByText('Error 404')).toBeVisible();
});

test('long lists go on: in place, by a link of their own, and a lost page is told', async ({
	page,
	server
}) => {
	const account = await server.account();
	const showId = await server.show(account, { '1': 99 });
	for (let n = 0; n < 60; n++) await server.say(showId, `buyer-${n}`, 'sold 1');
	await settled(server, showId);
	await signIn(page, account);
	for (const path of ['/buyers', `/shows/${showId}/buyers`]) {
		await page.goto(path);
		await expect(rows(page)).toHaveCount(51);
		const more = page.getByRole('link', { name: 'Load more' });
		const next = (await more.getAttribute('href')) ?? '';
		await page.route('**/api/trpc/**', (route) => route.abort());
		await more.click();
		await expect(page.getByText('Sellary can’t be reached').first()).toBeVisible();
		await page.unroute('**/api/trpc/**');
		await more.click();
		await expect(rows(page)).toHaveCount(61);
		await expect(more).toHaveCount(0);
		await page.goto(next);
		await expect(rows(page)).toHaveCount(11);
	}
});

test('long lists go on while their buyers change places: each is met once', async ({
	page,
	server
}) => {
	const account = await server.account();
	const showId = await server.show(account, { '1': 99 });
	for (let n = 0; n < 60; n++) await server.say(showId, `buyer-${n}`, 'sold 1');
	await settled(server, showId);
	await signIn(page, account);
	for (const [path, leaving] of [
		['/buyers', 'buyer-59'],
		[`/shows/${showId}/buyers`, 'buyer-7']
	] as const) {
		await page.goto(path);
		await expect(rows(page)).toHaveCount(51);
		const name = page.getByRole('link', { name: leaving, exact: true });
		await expect(name).toHaveCount(1);
		// Whoever gives everything back goes to the end, which is not on the page yet.
		await server.say(showId, leaving, 'pass 1');
		await settled(server, showId);
		await page.getByRole('link', { name: 'Load more' }).click();
		await expect(rows(page)).toHaveCount(61);
		await expect(name).toHaveCount(1);
	}
});

test('several accounts of one name that are one person get one slip', async ({ page, server }) => {
	const account = await server.account();
	const showId = await server.show(account, { '1': 4 });
	const { comments, db } = server.context;
	const profile = crypto.randomUUID();
	const workspace_id = account.workspaceId;
	await db.insertInto('buyer_profiles').values({ id: profile, workspace_id }).execute();
	for (const userId of ['a1', 'a2', 'a3', 'a4']) {
		await comments.take(showId, {
			...{ platform: 'facebook', liveId: 'live-1', commentId: `same-name-${userId}` },
			...{ userId, userHandle: 'Ana Maria', text: 'sold 1' }
		});
		const buyer_key = `facebook:${userId}`;
		const identity = { workspace_id, buyer_key, profile_id: profile };
		await db.insertInto('buyer_identities').values(identity).execute();
	}
	await settled(server, showId);
	await signIn(page, account);
	await page.goto(`/shows/${showId}/buyers/slips`);
	await expect(page.getByRole('article', { name: 'Packing slip of Ana Maria' })).toHaveCount(1);
	// The page works: it can be changed.
	await page.getByRole('link', { name: 'Compact' }).click();
	await expect(page.getByRole('link', { name: 'Compact' })).toHaveAttribute('aria-current', 'true');
	await expect(page.getByRole('row', { name: /Item 1 4/ })).toHaveCount(1);
});

test('notes save themselves, tags are offered again, and lists are narrowed by them', async ({
	page,
	server
}) => {
	const account = await server.account();
	await soldShow(server, account);
	await signIn(page, account);
	await page.goto(`/buyers/${buyerRef('facebook:ana')}`);
	const note = page.getByLabel('Note');
	await note.fill('Size M.\nPays on Fridays.');
	await expect(page.getByRole('status')).toHaveText('Saved');
	const tag = page.getByRole('combobox', { name: 'Add a tag' });
	await tag.fill('VIP');
	await tag.press('Enter');
	await expect(page.getByRole('list', { name: 'Tags of this buyer' })).toContainText('vip');
	await page.reload();
	await expect(note).toHaveValue('Size M.\nPays on Fridays.');
	// Typed and left at once: it is saved on the way out.
	await note.fill('Size L.');
	await page.getByRole('link', { name: 'Buyers' }).first().click();
	await expect(page).toHaveURL(/\/buyers$/);
	await page.getByRole('link', { name: 'ben' }).click();
	await tag.fill('v');
	await page.getByRole('option', { name: 'vip' }).click();
	await expect(page.getByRole('list', { name: 'Tags of this buyer' })).toContainText('vip');
	await page.goto('/buyers');
	await page.getByRole('combobox', { name: 'Tag' }).selectOption('vip');
	await expect(rows(page)).toHaveCount(3);
	await page.getByRole('link', { name: 'ana' }).click();
	await expect(note).toHaveValue('Size L.');
	await page.getByRole('button', { name: 'Remove the tag vip' }).click();
	await expect(page.getByRole('list', { name: 'Tags of this buyer' })).toHaveCount(0);
});

test('two people write one note: nothing is lost without being asked', async ({
	page,
	server,
	context
}) => {
	const account = await server.account();
	await soldShow(server, account);
	await signIn(page, account);
	const other = await context.newPage();
	for (const tab of [page, other]) await tab.goto(`/buyers/${buyerRef('facebook:ana')}`);
	await page.getByLabel('Note').fill('Theirs');
	await expect(page.getByRole('status')).toHaveText('Saved');
	await other.getByLabel('Note').fill('Mine');
	await expect(other.getByRole('alert')).toContainText('Theirs');
	await other.getByRole('button', { name: 'Keep mine' }).click();
	await expect(other.getByRole('status')).toHaveText('Saved');
	await page.reload();
	await expect(page.getByLabel('Note')).toHaveValue('Mine');
});

test('a block is in force at once, and what is held can be released', async ({ page, server }) => {
	const account = await server.account();
	const showId = await soldShow(server, account);
	await signIn(page, account);
	await page.goto(`/buyers/${buyerRef('facebook:ana')}`);
	// What the page asks for after the block is read before the release, and arrives after it.
	let arrive = (): void => undefined;
	const arriving = new Promise<void>((resolve) => (arrive = resolve));
	await page.route('**/__data.json*', async (route) => {
		const response = await route.fetch();
		await arriving;
		await route.fulfill({ response });
	});
	/** How often the page has read all of its data anew. */
	const reloads = () =>
		page.evaluate(
			() =>
				performance.getEntriesByType('resource').filter(({ name }) => name.includes('__data.json'))
					.length
		);
	const before = await reloads();
	await page.getByRole('button', { name: 'Block', exact: true }).click();
	await page.getByRole('alertdialog').getByRole('button', { name: 'Block' }).click();
	await expect(page.getByText('Blocked', { exact: true })).toBeVisible();
	await server.say(showId, 'ana', 'sold 8');
	const { counters } = await server.context.live.snapshot(showId);
	expect(counters.buyer_blocked).toBe(1);
	await expect(page.getByText('Still holds 2 places')).toBeVisible();
	await page.getByRole('button', { name: 'Release item 12 in Friday sale' }).click();
	await expect(page.getByText('Still holds 1 place')).toBeVisible();
	arrive();
	await expect.poll(reloads).toBeGreaterThan(before);
	await page.unrouteAll({ behavior: 'wait' });
	await expect(page.getByText('Still holds 1 place')).toBeVisible();
	const { items } = await server.context.live.snapshot(showId);
	const winners = items.find((item) => item.number === '12')?.winners ?? [];
	expect(winners.map((claim) => claim.buyer.userId)).toEqual(['cid']);
	await page.goto(`/shows/${showId}/console`);
	await expect(page.getByText('Blocked buyer').first()).toBeVisible();
	await page.goto('/buyers');
	await page.getByRole('checkbox', { name: 'Blocked only' }).check();
	await expect(rows(page)).toHaveCount(2);
	await page.getByRole('link', { name: 'ana' }).click();
	await page.getByRole('button', { name: 'Unblock' }).click();
	await expect(page.getByRole('button', { name: 'Block', exact: true })).toBeVisible();
	await server.say(showId, 'ana', 'sold 8');
	expect((await server.context.live.snapshot(showId)).counters.buyer_blocked).toBe(1);
});

test('two identities become one person by keyboard alone, and two again', async ({
	page,
	server
}) => {
	const account = await server.account();
	const showId = await soldShow(server, account);
	await signIn(page, account);
	await page.goto(`/buyers/${buyerRef('facebook:ana')}`);
	const claims = page.getByRole('list', { name: 'Claims, newest first' }).getByRole('listitem');
	await expect(claims).toHaveCount(2);
	await page.getByRole('button', { name: 'Link another' }).focus();
	await page.keyboard.press('Enter');
	await page.getByRole('combobox', { name: 'Search buyers by name' }).fill('be');
	await expect(page.getByRole('option', { name: 'ben' })).toBeVisible();
	await page.keyboard.press('Enter');
	await page.getByRole('dialog').getByRole('button', { name: 'Link', exact: true }).focus();
	await page.keyboard.press('Enter');
	await expect(claims).toHaveCount(3);
	const identities = page.getByRole('list', { name: 'Identities of this buyer' });
	await expect(identities.getByRole('listitem')).toHaveCount(2);
	await page.goto(`/shows/${showId}/buyers`);
	await expect(rows(page)).toHaveCount(3);
	await page.goto(`/shows/${showId}/buyers/slips`);
	await expect(page.getByRole('article')).toHaveCount(1);
	await expect(page.getByRole('article').getByRole('row', { name: '7 Item 7' })).toContainText('2');
	await page.goto(`/buyers/${buyerRef('facebook:ben')}`);
	await page.getByRole('button', { name: 'Unlink ben on Facebook' }).click();
	await page.getByRole('alertdialog').getByRole('button', { name: 'Unlink' }).click();
	await expect(identities.getByRole('listitem')).toHaveCount(1);
	await expect(claims).toHaveCount(1);
});

/** Pages of a PDF: Chromium writes one object per page. */
async function pdfPages(page: Page): Promise<number> {
	const pdf = await page.pdf({ preferCSSPageSize: true, printBackground: true });
	return (pdf.toString('latin1').match(/\/Type\s*\/Page\b(?!s)/g) ?? []).length;
}

test('packing slips print one buyer per page, or close together, and nothing of the app', async ({
	page,
	server
}) => {
	const account = await server.account();
	const showId = await soldShow(server, account);
	await server.say(showId, 'cid', 'sold 8');
	await settled(server, showId);
	const { workspaceId } = account;
	await server.context.db
		.updateTable('workspaces')
		.set({ name: 'Ana & Co', time_zone: 'Pacific/Kiritimati' })
		.where('id', '=', workspaceId)
		.execute();
	await server.context.db
		.updateTable('shows')
		.set({ started_at: new Date('2026-03-01T13:00:00Z') })
		.where('id', '=', showId)
		.execute();
	await signIn(page, account);
	await page.goto(`/buyers/${buyerRef('facebook:ana')}`);
	await page.getByLabel('Note').fill('Never pays');
	await expect(page.getByRole('status')).toHaveText('Saved');
	await page.goto(`/shows/${showId}/buyers`);
	await page.getByRole('link', { name: 'Packing slips' }).click();
	await expect(page.getByRole('article')).toHaveCount(3);
	await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
	const slip = page.getByRole('article', { name: 'Packing slip of ana' });
	for (const text of ['Ana & Co', 'Friday sale, 2 March 2026', 'ana', 'Item 12', 'Note']) {
		await expect(slip).toContainText(text);
	}
	await expect(page.locator('body')).not.toContainText('Never pays');
	await expect(page.getByRole('button', { name: 'Print' })).toBeHidden();
	await expect(page.getByRole('navigation')).toHaveCount(0);
	await expect(page.locator('html')).toHaveCSS('background-color', 'rgb(255, 255, 255)');
	expect(await pdfPages(page)).toBe(3);
	await page.emulateMedia({ media: 'screen' });
	await page.getByRole('link', { name: 'Compact' }).click();
	await expect(page).toHaveURL(/layout=compact/);
	await page.emulateMedia({ media: 'print' });
	expect(await pdfPages(page)).toBe(1);
	await page.goto(`/shows/${showId}/buyers/slips?buyer=${buyerRef('facebook:cid')}`);
	await expect(page.getByRole('article')).toHaveCount(1);
	await expect(page.getByRole('article')).toContainText('Item 8');
	expect(await pdfPages(page)).toBe(1);
	await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
	await page.goto(`/shows/${showId}/buyers`);
	await expect(page.getByRole('row', { name: /cid/ })).toBeVisible();
	await expect(page.getByRole('banner')).toBeHidden();
	await expect(page.locator('html')).toHaveCSS('background-color', 'rgb(255, 255, 255)');
	await expect(page.locator('html')).toHaveCSS('color', 'rgb(0, 0, 0)');
});

test('a viewer reads and changes nothing', async ({ page, server }) => {
	const account = await server.account();
	await soldShow(server, account);
	await server.context.db
		.updateTable('members')
		.set({ role: 'viewer' })
		.where('workspace_id', '=', account.workspaceId)
		.execute();
	await signIn(page, account);
	await page.goto(`/buyers/${buyerRef('facebook:ana')}`);
	await expect(page.getByRole('heading', { name: 'ana', level: 1 })).toBeVisible();
	await expect(page.getByText('No note.')).toBeVisible();
	for (const name of ['Block', 'Link another']) {
		await expect(page.getByRole('button', { name })).toHaveCount(0);
	}
});

for (const colorScheme of ['light', 'dark'] as const) {
	test.describe(`WCAG 2.2 AA and narrow, ${colorScheme}`, () => {
		test.use({ colorScheme, reducedMotion: 'reduce' });

		test('every page of buyers, with a name that tries everything', async ({ page, server }) => {
			const account = await server.account();
			const empty = await server.show(account, { '1': 1 });
			await signIn(page, account);
			await page.goto('/buyers');
			await expect(page.getByText('No buyers yet')).toBeVisible();
			expect(await violations(page), 'no buyers').toEqual([]);
			await page.goto(`/shows/${empty}/buyers`);
			await expect(page.getByText('Nobody has claimed anything')).toBeVisible();
			expect(await violations(page), 'show without buyers').toEqual([]);
			await page.goto(`/shows/${empty}/buyers/slips`);
			await expect(page.getByText('Nothing to pack')).toBeVisible();

			const showId = await soldShow(server, account);
			await server.context.comments.take(showId, {
				platform: 'instagram',
				liveId: 'live-2',
				commentId: 'hostile',
				userId: 'h1',
				userHandle: HOSTILE,
				userDisplayName: 'x'.repeat(190),
				text: 'sold 8'
			});
			await settled(server, showId);
			await page.goto(`/buyers/${buyerRef('instagram:h1')}`);
			await page.getByLabel('Note').fill('A note');
			await page
				.getByRole('combobox', { name: 'Add a tag' })
				.fill('a rather long tag of forty letters');
			await page.keyboard.press('Enter');
			await expect(page.getByRole('list', { name: 'Tags of this buyer' })).toBeVisible();
			await page.getByRole('button', { name: 'Block', exact: true }).click();
			await page.getByRole('alertdialog').getByRole('button', { name: 'Block' }).click();
			await expect(page.getByText('Still holds 1 place')).toBeVisible();
			const paths = [
				'/buyers',
				'/buyers?search=zzz',
				`/buyers/${buyerRef('instagram:h1')}`,
				`/shows/${showId}/buyers`,
				`/shows/${showId}/buyers/slips`
			];
			for (const path of paths) {
				await page.setViewportSize({ width: 1280, height: 900 });
				await page.goto(path);
				await expect(page.locator('img[src="x"]')).toHaveCount(0);
				expect(await violations(page), path).toEqual([]);
				await page.setViewportSize({ width: 360, height: 800 });
				expect(await violations(page), `${path} narrow`).toEqual([]);
				const overflow = await page.evaluate(
					() => document.documentElement.scrollWidth - document.documentElement.clientWidth
				);
				expect(overflow, `${path} narrow`).toBe(0);
			}
		});
	});
}
