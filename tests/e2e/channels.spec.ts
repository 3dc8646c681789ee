import AxeBuilder from '@axe-core/playwright';
import type { Locator, Page } from '@playwright/test';
import { randomUUID } from 'node:crypto';
import type { FacebookLive } from '../../scripts/fake-meta/world/facebook-live.ts';
import { connectAccounts } from '../../scripts/lib/meta-loopback.ts';
import { draftShow, snapshotOf, viewerOf } from './drafts.ts';
import { expect, test as plainTest } from './fixtures.ts';
import type { Account, Server } from './fixtures.ts';
import { test as metaTest } from './meta-fixtures.ts';
import type { Seller } from './meta-fixtures.ts';
import { openConsole, openFollowing, panel, signIn } from './pages.ts';

const WCAG_22_AA = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
const DRESS = { number: '12', title: 'Linen dress', quantity: 2 };

/** With a dialog of Meta's that grants everything at once. */
const test = metaTest.extend<{ granting: undefined }>({
	granting: [
		async ({ fakeMeta, seller }, use) => {
			fakeMeta.knobs.set({ dialog: { mode: 'grant', as: seller.person.id } });
			await use(undefined);
		},
		{ auto: true }
	]
});

const channelsPanel = (page: Page): Locator => page.getByRole('dialog', { name: 'Channels' });
const addPanel = (page: Page): Locator => page.getByRole('dialog', { name: 'Add a channel' });
const card = (within: Locator, account: string): Locator =>
	within.getByRole('article', { name: account, exact: true });
const badge = (page: Page, account: string): Locator =>
	page.getByRole('button', { name: new RegExp(`${account}: `) });
const comments = (page: Page): Locator => panel(page, 'Comments');

async function violations(page: Page): Promise<string[]> {
	const { violations: found } = await new AxeBuilder({ page }).withTags(WCAG_22_AA).analyze();
	return found.map((rule) => `${rule.id}: ${rule.nodes[0]?.html ?? ''}`);
}

/** Connects what Meta's dialog grants, over HTTP; again: with new tokens. */
async function connect(server: Server, { workspaceId }: Account) {
	return await connectAccounts(server.context, { sessionId: randomUUID(), workspaceId });
}

type Shop = {
	readonly account: Account;
	readonly showId: string;
	readonly live: FacebookLive;
	readonly pageId: string;
};

/** A draft with one item, and a connected page that broadcasts. */
async function openShop(
	server: Server,
	seller: Seller,
	{ name = 'Ashgrove Finds', instagram }: { name?: string; instagram?: string } = {}
): Promise<Shop> {
	const account = await server.account();
	const shop = seller.page(name, instagram);
	const live = shop.goLive({ title: 'Saturday boutique' });
	await connect(server, account);
	const showId = await draftShow(server, account, [DRESS]);
	return { account, showId, live, pageId: shop.id };
}

/** A show that listens to the shop's broadcast, open in its console, once the channel is connected. */
async function openListening(page: Page, server: Server, seller: Seller): Promise<Shop> {
	const shop = await openShop(server, seller);
	const { account, showId, live } = shop;
	await signIn(page, account);
	await page.goto(`/shows/${showId}/setup`);
	await page.getByRole('button', { name: 'Add a channel' }).click();
	await addPanel(page)
		.getByRole('button', { name: `Listen to ${live.title}` })
		.click();
	await expect(addPanel(page)).toContainText('Chosen');
	await server.context.actions.changeStatus(showId, 'activated', 'user:test');
	await openConsole(page, showId);
	await expect(badge(page, 'Ashgrove Finds')).toContainText('Connected', { timeout: 45_000 });
	return shop;
}

test('a broadcast is found, added in the draft, named when going live, and its comments claim', async ({
	page,
	server,
	seller
}) => {
	const { account, showId, live } = await openShop(server, seller);
	await signIn(page, account);
	await openFollowing(page, `/shows/${showId}/setup`);
	const setup = page.getByRole('region', { name: 'Channels' });
	await expect(setup).toContainText('No channel yet');

	await page.getByRole('button', { name: 'Go live' }).click();
	const question = page.getByRole('alertdialog', { name: 'Go live?' });
	await expect(question).toContainText('No channel is chosen yet');
	await question.getByRole('button', { name: 'Not yet' }).click();

	await setup.getByRole('button', { name: 'Add a channel' }).click();
	await expect(addPanel(page)).toContainText('214 viewers');
	await addPanel(page).getByRole('button', { name: 'Listen to Saturday boutique' }).click();
	await expect(addPanel(page)).toContainText('Chosen');
	await page.keyboard.press('Escape');
	await expect(card(setup, 'Ashgrove Finds')).toContainText('Starts with the show.');

	await page.getByRole('button', { name: 'Go live' }).click();
	await expect(question).toContainText(/Comments are read from Facebook · .?Ashgrove Finds/);
	await question.getByRole('button', { name: 'Go live' }).click();
	await expect(page).toHaveURL(/\/console$/);
	await expect(badge(page, 'Ashgrove Finds')).toContainText('Connected', { timeout: 45_000 });
	live.comment({ userId: 'v1', userName: 'Mia Lee', text: 'sold 12' });
	await expect(panel(page, 'Claims')).toContainText('Mia Lee');
	await expect(comments(page)).toContainText('Won');
});

test('the panel says what each way brought: what the stream lost, polling has', async ({
	page,
	server,
	seller,
	fakeMeta
}) => {
	const { live } = await openListening(page, server, seller);
	live.comment({ userId: 'v1', userName: 'Mia Lee', text: 'hello' });
	await expect(comments(page)).toContainText('hello');
	fakeMeta.knobs.set({ streams: { dropShare: 1 } });
	for (const word of ['one', 'two', 'three']) {
		live.comment({ userId: 'v2', userName: 'Ben Ray', text: `word ${word}` });
	}
	await expect(comments(page)).toContainText('word three', { timeout: 45_000 });

	await badge(page, 'Ashgrove Finds').click();
	const ashgrove = card(channelsPanel(page), 'Ashgrove Finds');
	await expect(ashgrove).toContainText('Saturday boutique');
	await expect(ashgrove).toContainText('4 comments');
	await expect(ashgrove).toContainText(/Polled .* ago, /);
	await expect(ashgrove).toContainText('The live stream is open.');
	const way = (name: string) => ashgrove.getByRole('row').filter({ hasText: name });
	await expect(way('Polling')).toContainText(/Polling\s*4\s*nothing/);
	await expect(way('Live stream')).toContainText(/Live stream\s*1\s*3/);
	await expect(way('Live stream')).toHaveAttribute(
		'title',
		'The live stream alone would have missed 3.'
	);
});

test('a comment without an author claims nothing, says so, and can be awarded to somebody named', async ({
	page,
	server,
	seller
}) => {
	const { live, showId } = await openListening(page, server, seller);
	live.comment({ userId: 'v1', userName: 'Hidden', text: 'sold 12', hideAuthor: true });
	const row = comments(page).getByRole('button', { name: 'Act on the comment of Unknown viewer' });
	await expect(row).toBeVisible({ timeout: 45_000 });
	await expect(comments(page)).toContainText('Not counted: author unknown');
	await expect(comments(page).getByTitle('Facebook did not say who wrote this')).toBeVisible();
	await expect(panel(page, 'Claims')).toContainText('Unknown viewer');
	await expect(panel(page, 'Claims')).toContainText('Author unknown');

	await row.click();
	const dialog = page.getByRole('dialog', { name: /Comment by .*Unknown viewer/ });
	await expect(dialog).toContainText('so it claims nothing by itself');
	await expect(dialog.getByRole('button', { name: 'Copy handle' })).toHaveCount(0);
	await dialog.getByRole('combobox').fill('Greta');
	await page.keyboard.press('Enter');
	await expect(dialog.getByRole('button', { name: 'Award', exact: true })).toBeFocused();
	await page.keyboard.press('Enter');
	await expect(dialog).toHaveCount(0);
	const { items } = await snapshotOf(server, showId);
	expect(items[0]?.winners.map(({ buyer }) => buyer.key)).toEqual(['manual:greta']);
});

test('the page’s own comments are marked and never claim', async ({ page, server, seller }) => {
	const { live } = await openListening(page, server, seller);
	live.comment({ fromPage: true, text: 'sold 12 is the blue one' });
	await expect(comments(page)).toContainText('Your page', { timeout: 45_000 });
	await expect(comments(page)).toContainText('Not counted: your own page');
	await expect(panel(page, 'Claims')).toContainText('Your own page');
	await expect(panel(page, 'Items')).toContainText('Unclaimed');
});

test('a token that dies is an alarm with a way out; after reconnecting the gap is read', async ({
	page,
	server,
	seller,
	fakeMeta
}) => {
	const { account, live, pageId } = await openListening(page, server, seller);
	await fakeMeta.admin('passwordChange', { of: seller.person.id });
	await fakeMeta.admin('cutStreams', { live: live.id });
	const alarm = page.getByRole('alert').filter({ hasText: 'is not read' });
	await expect(alarm).toContainText('Ashgrove Finds', { timeout: 45_000 });
	await expect(alarm).toContainText('Nothing is lost: what is written meanwhile is read');
	const link = alarm.getByRole('link', { name: /^Reconnect/ });
	const [connection] = await server.context.db
		.selectFrom('connections')
		.select('id')
		.where('workspace_id', '=', account.workspaceId)
		.where('account_id', '=', pageId)
		.execute();
	await expect(link).toHaveAttribute('href', `/connections?reconnect=${connection?.id}`);
	await expect(link).toHaveAttribute('target', '_blank');
	await expect(badge(page, 'Ashgrove Finds')).toContainText('Reconnect');

	live.comment({ userId: 'v9', userName: 'Gap Writer', text: 'sold 12' });
	await connect(server, account);
	await expect(panel(page, 'Claims')).toContainText('Gap Writer', { timeout: 45_000 });
	await expect(alarm).toHaveCount(0);
	await expect(badge(page, 'Ashgrove Finds')).toContainText('Connected');
});

test('a channel is stopped and listened to again, by keyboard alone; what was written meanwhile is read', async ({
	page,
	server,
	seller
}) => {
	const { live } = await openListening(page, server, seller);
	await page.keyboard.press('Shift+C');
	await expect(channelsPanel(page)).toBeVisible();
	const stop = channelsPanel(page).getByRole('button', {
		name: 'Stop listening to Ashgrove Finds'
	});
	await stop.focus();
	await page.keyboard.press('Enter');
	const question = page.getByRole('alertdialog', { name: 'Stop listening?' });
	await expect(question).toBeVisible();
	await page.keyboard.press('Escape');
	await expect(question).toHaveCount(0);
	await expect(stop).toBeFocused();
	await page.keyboard.press('Enter');
	await question.getByRole('button', { name: 'Stop listening' }).focus();
	await page.keyboard.press('Enter');
	const again = channelsPanel(page).getByRole('button', { name: 'Listen again' });
	await expect(again).toBeVisible();
	await expect(card(channelsPanel(page), 'Ashgrove Finds')).toContainText('Stopped');

	live.comment({ userId: 'v1', userName: 'Mia Lee', text: 'sold 12' });
	await again.focus();
	await page.keyboard.press('Enter');
	await expect(panel(page, 'Claims')).toContainText('Mia Lee', { timeout: 45_000 });
	await page.keyboard.press('Escape');
	await expect(channelsPanel(page)).toHaveCount(0);
});

test('the command bar opens the panel, and Escape leads back out of both dialogs', async ({
	page,
	server,
	seller
}) => {
	await openListening(page, server, seller);
	await page.keyboard.press('?');
	const help = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
	await expect(help).toContainText('Channels');
	await page.keyboard.press('Escape');
	await expect(help).toHaveCount(0);
	await page.keyboard.press('k');
	await page.getByRole('combobox', { name: 'Command' }).fill('chan');
	await expect(page.getByRole('dialog').getByRole('option').first()).toContainText(/channels/i);
	await page.keyboard.press('Enter');
	await expect(channelsPanel(page)).toBeVisible();
	await channelsPanel(page).getByRole('button', { name: 'Add a channel' }).click();
	await expect(addPanel(page)).toContainText('Listening');
	await page.keyboard.press('Escape');
	await expect(addPanel(page)).toHaveCount(0);
	await expect(channelsPanel(page)).toBeVisible();
	await page.keyboard.press('Escape');
	await expect(channelsPanel(page)).toHaveCount(0);
});

test('a pasted link is refused in the API’s words, or adds its broadcast', async ({
	page,
	server,
	seller
}) => {
	const { account, showId, live } = await openShop(server, seller, { instagram: 'ashgrove.finds' });
	await signIn(page, account);
	await page.goto(`/shows/${showId}/setup`);
	await page.getByRole('button', { name: 'Add a channel' }).click();
	const field = addPanel(page).getByLabel('Link or number of a live video');
	await field.fill('https://fb.watch/abc');
	await page.keyboard.press('Enter');
	await expect(addPanel(page)).toContainText('This is a short or forwarding link.');
	await expect(field).toHaveAttribute('aria-invalid', 'true');
	await expect(addPanel(page).getByLabel('Of the account').locator('option')).toHaveCount(2);
	await addPanel(page)
		.getByLabel('Of the account')
		.selectOption({ label: 'Facebook · \u2068Ashgrove Finds\u2069' });
	await field.fill(`https://www.facebook.com/ashgrove/videos/${live.videoId}`);
	await page.keyboard.press('Enter');
	await expect(addPanel(page)).toContainText('Chosen');
	await expect(field).toHaveValue('');

	const other = await draftShow(server, account, [DRESS], 'Sunday sale');
	await openFollowing(page, `/shows/${other}/setup`);
	await page.getByRole('button', { name: 'Add a channel' }).click();
	await addPanel(page).getByRole('button', { name: 'Listen to Saturday boutique' }).click();
	await expect(addPanel(page).getByRole('alert')).toContainText('Another show');
	await expect(addPanel(page).getByRole('link', { name: /Open that show/ })).toHaveAttribute(
		'href',
		new RegExp(`/shows/${showId}/console$`)
	);
});

test('a watched account is listened to as soon as it goes live', async ({
	page,
	server,
	seller
}) => {
	const account = await server.account();
	const shop = seller.page('Birch & Thread');
	await connect(server, account);
	const showId = await draftShow(server, account, [DRESS]);
	await signIn(page, account);
	await openFollowing(page, `/shows/${showId}/setup`);
	await page.getByRole('button', { name: 'Add a channel' }).click();
	await expect(addPanel(page)).toContainText('Not live now.');
	const watch = addPanel(page).getByRole('switch', { name: /when Birch & Thread goes live/ });
	await watch.click();
	await expect(watch).toBeChecked();
	await page.keyboard.press('Escape');
	const setup = page.getByRole('region', { name: 'Channels' });
	await expect(card(setup, 'Birch & Thread')).toContainText('Watched');
	await page.getByRole('button', { name: 'Go live' }).click();
	const question = page.getByRole('alertdialog', { name: 'Go live?' });
	await expect(question).toContainText('is read as soon as a broadcast starts there');
	await question.getByRole('button', { name: 'Go live' }).click();

	const live = shop.goLive({ title: 'By surprise' });
	await expect(badge(page, 'Birch & Thread')).toContainText('Connected', { timeout: 40_000 });
	live.comment({ userId: 'v1', userName: 'Mia Lee', text: 'sold 12' });
	await expect(panel(page, 'Claims')).toContainText('Mia Lee', { timeout: 45_000 });
});

test('an account that can’t be asked says why and how to reconnect it', async ({
	page,
	server,
	seller,
	fakeMeta
}) => {
	const { account, showId } = await openShop(server, seller);
	await fakeMeta.admin('expireToken', { of: seller.person.id });
	await signIn(page, account);
	await page.goto(`/shows/${showId}/setup`);
	await page.getByRole('button', { name: 'Add a channel' }).click();
	await expect(addPanel(page)).toContainText('The access has expired. Connect again.');
	await expect(
		addPanel(page).getByRole('link', { name: /Reconnect.*Ashgrove Finds/ })
	).toHaveAttribute('href', /\/connections\?reconnect=/);
	await connect(server, account);
	await addPanel(page).getByRole('button', { name: 'Look again' }).click();
	await expect(addPanel(page)).toContainText('Saturday boutique');
});

test('without a connected account the way there is shown', async ({ page, server }) => {
	const account = await server.account();
	const showId = await server.show(account);
	await signIn(page, account);
	await openConsole(page, showId);
	await page.getByRole('button', { name: /No broadcast is read yet/ }).click();
	await expect(channelsPanel(page)).toContainText('No account is connected');
	await expect(
		channelsPanel(page).getByRole('link', { name: /Connect an account/ })
	).toHaveAttribute('href', '/connections');
});

test('the end of the broadcast is told calmly, with the way to end the show', async ({
	page,
	server,
	seller,
	fakeMeta
}) => {
	await fakeMeta.subscribeApp({ callbackUrl: `${server.app.origin}/webhooks/meta` });
	const { live } = await openListening(page, server, seller);
	live.stop();
	const notice = page.getByRole('status').filter({ hasText: 'The broadcast is over' });
	await expect(notice).toBeVisible({ timeout: 40_000 });
	await expect(page.getByRole('alert')).toHaveCount(0);
	await notice.getByRole('button', { name: 'End show' }).click();
	await page.getByRole('alertdialog').getByRole('button', { name: 'Keep it running' }).click();
	await notice.getByRole('button', { name: 'Dismiss' }).click();
	await expect(notice).toHaveCount(0);
});

test('the panel keeps what it shows while the network is away', async ({
	page,
	context,
	server,
	seller
}) => {
	await openListening(page, server, seller);
	await badge(page, 'Ashgrove Finds').click();
	await expect(card(channelsPanel(page), 'Ashgrove Finds')).toContainText('Saturday boutique');
	await context.setOffline(true);
	await expect(channelsPanel(page)).toContainText('Can’t be refreshed right now.');
	await expect(card(channelsPanel(page), 'Ashgrove Finds')).toContainText('Saturday boutique');
	await context.setOffline(false);
	await expect(channelsPanel(page)).not.toContainText('Can’t be refreshed right now.');
});

test('a viewer sees the channels and can do nothing to them', async ({ page, server, seller }) => {
	const { account, showId } = await openListening(page, server, seller);
	await page.context().clearCookies();
	await signIn(page, await viewerOf(server, account));
	await openConsole(page, showId);
	await badge(page, 'Ashgrove Finds').click();
	const ashgrove = card(channelsPanel(page), 'Ashgrove Finds');
	await expect(ashgrove).toContainText('Connected');
	await expect(ashgrove.getByRole('button')).toHaveCount(0);
	await expect(channelsPanel(page).getByRole('button', { name: 'Add a channel' })).toHaveCount(0);
});

for (const colorScheme of ['light', 'dark'] as const) {
	test.describe(`WCAG 2.2 AA, ${colorScheme}, 360 and 1280 px`, () => {
		test.use({ colorScheme, reducedMotion: 'reduce', viewport: { width: 360, height: 740 } });

		test('panel, adding, alarm and rows', async ({ page, server, seller, fakeMeta }) => {
			test.slow();
			const { live } = await openListening(page, server, seller);
			const fits = async (what: string) => {
				for (const width of [1280, 360]) {
					await page.setViewportSize({ width, height: 740 });
					const overflow = () =>
						page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
					await expect.poll(overflow, `${what}, ${width} px`).toBeLessThanOrEqual(0);
					expect(await violations(page), `${what}, ${width} px`).toEqual([]);
				}
			};
			live.comment({ userId: 'v1', userName: 'Hidden', text: 'sold 12', hideAuthor: true });
			live.comment({ fromPage: true, text: 'sold 12' });
			await page.getByRole('button', { name: 'Comments', exact: true }).click();
			await expect(comments(page)).toContainText('Your page', { timeout: 45_000 });
			await fits('rows');
			await badge(page, 'Ashgrove Finds').click();
			await expect(channelsPanel(page)).toContainText('2 comments');
			await fits('panel');
			await channelsPanel(page).getByRole('button', { name: 'Add a channel' }).click();
			await expect(addPanel(page)).toContainText('Listening');
			await fits('adding');
			await page.keyboard.press('Escape');
			await fakeMeta.admin('passwordChange', { of: seller.person.id });
			await expect(channelsPanel(page)).toContainText('Reconnect', { timeout: 45_000 });
			await fits('panel without access');
			await page.keyboard.press('Escape');
			await expect(page.getByRole('alert').filter({ hasText: 'is not read' })).toBeVisible();
			await fits('alarm');
		});
	});
}

plainTest(
	'a server without a Meta app says so in one line, and only there',
	async ({ page, server }) => {
		const account = await server.account();
		const showId = await server.show(account);
		await signIn(page, account);
		await openConsole(page, showId);
		await expect(page.getByRole('button', { name: /No broadcast is read yet/ })).toHaveCount(0);
		await page.keyboard.press('Shift+C');
		await expect(channelsPanel(page)).toContainText(
			'Facebook and Instagram are not set up on this server.'
		);
		await page.goto(`/shows/${showId}/setup`);
		await page.waitForLoadState('networkidle');
		await expect(page.getByRole('region', { name: 'Channels' })).toHaveCount(0);
	}
);
