import AxeBuilder from '@axe-core/playwright';
import type { Locator, Page } from '@playwright/test';
import { viewerOf } from './drafts.ts';
import { expect, test as plainTest } from './fixtures.ts';
import type { Account, Server } from './fixtures.ts';
import { connectAll, openDialog, test } from './meta-fixtures.ts';
import { signIn } from './pages.ts';

const WCAG_22_AA = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
const OVER = 'This connection attempt is over.';

const list = (page: Page): Locator => page.getByRole('list', { name: 'Connected accounts' });
const row = (page: Page, name: string): Locator =>
	list(page).getByRole('listitem', { name, exact: true });
const allow = (page: Page): Locator => page.getByRole('button', { name: 'Continue', exact: true });
const notice = (page: Page): Locator => page.getByRole('main').getByRole('alert');

/** Names of the rules that the page breaks, with the first place of each. */
async function violations(page: Page): Promise<string[]> {
	const { violations: found } = await new AxeBuilder({ page }).withTags(WCAG_22_AA).analyze();
	return found.map((rule) => `${rule.id}: ${rule.nodes[0]?.html ?? ''}`);
}

async function connectionsOf(server: Server, { workspaceId }: Account) {
	return await server.context.db
		.selectFrom('connections')
		.selectAll()
		.where('workspace_id', '=', workspaceId)
		.orderBy('platform')
		.execute();
}

/** Where Meta would send the browser after everything was granted, without going there. */
async function grantedCallback(page: Page): Promise<string> {
	const fields = await page.locator('form').evaluate((form) => {
		if (!(form instanceof HTMLFormElement)) throw new Error('no form');
		return {
			action: form.action,
			body: [...new FormData(form)].map(([name, value]) => [name, String(value)])
		};
	});
	const body = new URLSearchParams([...fields.body, ['decision', 'continue']]).toString();
	const answer = await page.request.post(fields.action, {
		data: body,
		headers: { 'content-type': 'application/x-www-form-urlencoded' },
		maxRedirects: 0
	});
	const { location } = answer.headers();
	if (location === undefined) throw new Error('the dialog did not redirect');
	return location;
}

test('a page and its Instagram account are connected by clicks, under the real policy', async ({
	page,
	server,
	seller,
	fakeMeta
}) => {
	const account = await server.account();
	const shop = seller.page('Demo Shop', 'demo_shop');
	await signIn(page, account);
	const said: string[] = [];
	page.on('console', (message) => said.push(`${message.type()} ${message.text()}`));
	page.on('pageerror', (error) => said.push(error.message));

	const opened = await page.goto('/connections');
	expect(opened?.headers()['content-security-policy']).toContain("form-action 'self'");
	await expect(page.getByText('What Meta will ask you for')).toBeVisible();
	await page.getByRole('button', { name: 'Connect Facebook Page' }).click();
	await expect(page).toHaveURL(new RegExp(`^${fakeMeta.origin}`));
	await allow(page).click();

	await expect(page).toHaveURL(/\/connections\/choose\?pick=[\w-]+#?$/);
	const group = page.getByRole('list', { name: 'Demo Shop' });
	await expect(group.getByRole('checkbox', { checked: true })).toHaveCount(2);
	expect(await connectionsOf(server, account)).toEqual([]);
	await page.getByRole('button', { name: 'Connect 2 accounts' }).click();

	await expect(page).toHaveURL(/\/connections#?$/);
	await expect(page.getByText('2 accounts are connected')).toBeVisible();
	for (const name of ['Demo Shop on Facebook', 'demo_shop on Instagram']) {
		await expect(row(page, name)).toContainText('OK');
		await expect(row(page, name)).toContainText('Checked just now · Webhooks on');
		await expect(row(page, name)).toContainText('Just connected');
	}
	expect([...shop.subscribedFields]).toContain('feed');
	expect(await connectionsOf(server, account)).toHaveLength(2);
	await page.reload();
	await expect(list(page).getByRole('listitem')).toHaveCount(2);
	await expect(page.getByText('Just connected')).toHaveCount(0);
	expect(said).toEqual([]);
});

test('an Instagram account without a page is connected by its own login', async ({
	page,
	server,
	seller,
	fakeMeta
}) => {
	const lone = fakeMeta.addInstagramAccount({ username: 'lone_potter' });
	fakeMeta.knobs.set({ dialog: { as: lone.id } });
	expect(seller.person.grant).toBeNull();
	await signIn(page, await server.account());
	await page.goto('/connections');
	await page.getByRole('button', { name: 'Connect Instagram' }).click();
	await expect(page.getByText('@lone_potter').first()).toBeVisible();
	await allow(page).click();
	await page.getByRole('button', { name: 'Connect 1 account' }).click();
	await expect(page.getByText('lone_potter is connected')).toBeVisible();
	await expect(row(page, 'lone_potter on Instagram')).toContainText('Instagram, without a Page');
	expect([...lone.subscribedFields]).toContain('live_comments');
});

test('who declines comes back to the reason, and can start again', async ({
	page,
	server,
	seller
}) => {
	seller.page('Demo Shop');
	await signIn(page, await server.account());
	await openDialog(page);
	await page.getByRole('button', { name: 'Cancel' }).click();
	await expect(page).toHaveURL(/\/connections#?$/);
	await expect(notice(page)).toContainText('Meta granted no access.');
	await expect(notice(page)).toContainText('still in development');
	await notice(page).getByRole('button', { name: 'Start again' }).click();
	await allow(page).click();
	await page.getByRole('button', { name: 'Connect 1 account' }).click();
	await expect(row(page, 'Demo Shop on Facebook')).toBeVisible();
	await expect(notice(page)).toHaveCount(0);
});

test('what was not allowed is named before and after connecting, and asked for again', async ({
	page,
	server,
	seller,
	fakeMeta
}) => {
	seller.page('Demo Shop');
	await signIn(page, await server.account());
	await openDialog(page);
	await page.getByLabel('Read what people comment on your Pages').uncheck();
	await allow(page).click();
	const sentence = 'It is needed to read the viewers’ comments on the Page.';
	await expect(page.getByText(sentence)).toBeVisible();
	await page.getByRole('button', { name: 'Connect 1 account' }).click();

	const shop = row(page, 'Demo Shop on Facebook');
	await expect(page.getByText('Something is missing for Demo Shop')).toBeVisible();
	await expect(shop).toContainText('Something is missing');
	await expect(shop.getByText(sentence)).toBeVisible();
	await page.reload();
	await expect(shop.getByText(sentence)).toBeHidden();
	await shop.getByText('1 permission is missing').click();
	await expect(shop.getByText(sentence)).toBeVisible();

	await shop.getByRole('button', { name: 'Reconnect' }).click();
	await expect(page.getByLabel('Read what people comment on your Pages')).toBeChecked();
	expect(fakeMeta.calls.list('dialog').at(-1)?.query['auth_type']).toBe('rerequest');
	await allow(page).click();
	await expect(page.getByText('Connected already')).toBeVisible();
	await page.getByRole('button', { name: 'Connect 1 account' }).click();
	await expect(shop.getByText('OK', { exact: true })).toBeVisible();
	await expect(shop).not.toContainText('missing');
});

test('a page without an Instagram account says what to do; only what is new is ticked', async ({
	page,
	server,
	seller,
	fakeMeta
}) => {
	seller.page('Linked Shop', 'linked_shop');
	seller.page('Bare Shop');
	await signIn(page, await server.account());
	await openDialog(page);
	await allow(page).click();
	await expect(page.getByText('Bare Shop: no Instagram account came along')).toBeVisible();
	await expect(page.getByRole('checkbox', { checked: true })).toHaveCount(3);

	await page.getByRole('button', { name: 'Connect 3 accounts' }).click();
	await expect(list(page).getByRole('listitem')).toHaveCount(3);
	seller.page('New Shop');
	fakeMeta.calls.reset();
	await openDialog(page);
	await allow(page).click();
	// Only what is new is ticked.
	await expect(page.getByRole('checkbox', { checked: true })).toHaveCount(1);
	await expect(page.getByRole('checkbox', { name: /^New Shop/ })).toBeChecked();
	await page.getByRole('checkbox', { name: /^New Shop/ }).uncheck();
	await page.getByRole('button', { name: 'Connect', exact: true }).click();
	await expect(notice(page)).toContainText('Choose at least one account.');
	await page.getByRole('link', { name: 'Cancel' }).click();
	await expect(list(page).getByRole('listitem')).toHaveCount(3);
});

test('nothing granted leaves nothing to choose, and a way on', async ({ page, server, seller }) => {
	seller.page('Demo Shop');
	await signIn(page, await server.account());
	await openDialog(page);
	await page.getByLabel('Demo Shop').uncheck();
	await allow(page).click();
	await expect(page.getByText('Meta gave us no Page')).toBeVisible();
	await page.getByRole('button', { name: 'Ask again' }).click();
	await allow(page).click();
	await expect(page.getByRole('checkbox', { name: /^Demo Shop/ })).toBeChecked();
});

test('a callback address works once, for the session that began', async ({
	page,
	browser,
	server,
	seller
}) => {
	seller.page('Demo Shop');
	await signIn(page, await server.account());
	await openDialog(page);
	const own = await grantedCallback(page);
	await page.goto(own);
	await expect(page).toHaveURL(/\/connections\/choose\?pick=/);
	const pick = page.url();
	await page.goto(own);
	await expect(page).toHaveURL(/\/connections#?$/);
	await expect(notice(page)).toContainText(OVER);
	await expect(notice(page).getByRole('button', { name: 'Start again' })).toBeVisible();

	const context = await browser.newContext({ baseURL: server.app.origin });
	const other = await context.newPage();
	await signIn(other, await server.account());
	await other.goto(pick);
	await expect(other).toHaveURL(/\/connections#?$/);
	await expect(notice(other)).toContainText(OVER);
	await openDialog(page);
	await other.goto(await grantedCallback(page));
	await expect(other).toHaveURL(/\/connections#?$/);
	await expect(notice(other)).toContainText(OVER);
	await other.reload();
	await expect(notice(other)).toHaveCount(0);
	await context.close();
});

test('nothing of a callback’s query is shown, whatever it says', async ({ page, server }) => {
	await signIn(page, await server.account());
	for (const path of [
		'facebook?error=access_denied&error_description=Call+0800+EVIL&state=x',
		'facebook?code=EVIL',
		'elsewhere?code=EVIL'
	]) {
		await page.goto(`/connections/callback/${path}`);
		await expect(page).toHaveURL(/\/connections#?$/);
		await expect(notice(page)).toContainText(OVER);
		expect(await page.content()).not.toContain('EVIL');
	}
});

test('who was signed out meanwhile signs in and is told, without the code in any address', async ({
	page,
	server,
	seller
}) => {
	seller.page('Demo Shop');
	const account = await server.account();
	await signIn(page, account);
	await openDialog(page);
	const callback = await grantedCallback(page);
	await page.context().clearCookies();
	await page.goto(callback);
	await expect(page).toHaveURL(/\/sign-in\?redirectTo=%2Fconnections#?$/);
	await page.getByLabel('E-mail').fill(account.email);
	await page.getByLabel('Password', { exact: true }).fill('first-comment-wins');
	await page.getByRole('button', { name: 'Sign in' }).click();
	await expect(notice(page)).toContainText('You were signed out');
});

test('trouble at Meta is told in words', async ({ page, server, seller, fakeMeta }) => {
	seller.page('Demo Shop');
	await signIn(page, await server.account());
	await openDialog(page);
	fakeMeta.fail({ kind: 'throttle', code: 368, endpoint: 'accounts' });
	await allow(page).click();
	await expect(page).toHaveURL(/\/connections#?$/);
	await expect(notice(page)).toContainText('Meta has blocked this app or account for now.');
});

test('a check that Meta does not answer is not passed off as one', async ({
	page,
	server,
	seller,
	fakeMeta
}) => {
	seller.page('Demo Shop');
	await signIn(page, await server.account());
	await connectAll(page);
	fakeMeta.fail({ kind: 'empty', endpoint: 'debug_token', times: null });
	const shop = row(page, 'Demo Shop on Facebook');
	await shop.getByRole('button', { name: 'Check now' }).click();
	await expect(page.getByText('Meta could not be asked')).toBeVisible();
	await expect(shop.getByText('OK', { exact: true })).toBeVisible();
});

test('an account whose password was changed is reconnected from the alarm’s link', async ({
	page,
	server,
	seller,
	fakeMeta
}) => {
	const account = await server.account();
	seller.page('Demo Shop', 'demo_shop');
	await signIn(page, account);
	await connectAll(page);
	await fakeMeta.admin('passwordChange', { of: seller.person.id });
	const shop = row(page, 'Demo Shop on Facebook');
	await shop.getByRole('button', { name: 'Check now' }).click();
	await expect(shop).toContainText('Needs reconnecting');
	await expect(shop).toContainText('The password was changed');

	const [connection] = await connectionsOf(server, account);
	seller.page('Never Connected');
	await page.goto(`/connections?reconnect=${connection?.id}`);
	await expect(shop.getByRole('button', { name: 'Reconnect' })).toBeFocused();
	await page.keyboard.press('Enter');
	await allow(page).click();
	await expect(page.getByRole('checkbox', { name: /^Never Connected/ })).not.toBeChecked();
	await expect(page.getByRole('checkbox', { checked: true })).toHaveCount(2);
	await page.getByRole('button', { name: 'Connect 2 accounts' }).click();
	await expect(shop.getByText('OK', { exact: true })).toBeVisible();
	const renewed = await connectionsOf(server, account);
	expect(renewed.map(({ id, token_version }) => [id === connection?.id, token_version])).toEqual([
		[true, 2],
		[false, 2]
	]);

	await page.goto('/connections?reconnect=00000000-0000-4000-8000-000000000000');
	await expect(page.getByText('is no longer here')).toBeVisible();
});

test('disconnecting says what happens, and it does', async ({ page, server, seller, fakeMeta }) => {
	const account = await server.account();
	const shop = seller.page('Demo Shop', 'demo_shop');
	await signIn(page, account);
	await connectAll(page);
	const question = page.getByRole('alertdialog');
	const ask = async (name: string): Promise<void> => {
		const disconnect = page.getByRole('menuitem', { name: 'Disconnect' });
		await row(page, name)
			.getByRole('button', { name: /^More for/ })
			.click();
		await disconnect.click();
		await expect(question).toBeVisible();
	};

	await ask('Demo Shop on Facebook');
	await expect(question).toContainText('Running shows stop hearing this account.');
	await expect(question).toContainText('tokens are erased');
	await question.getByRole('button', { name: 'Keep it' }).click();
	await expect(question).toHaveCount(0);
	expect(await connectionsOf(server, account)).toHaveLength(2);

	// The Instagram account lives on the same page's webhooks and on the same person's grant.
	await ask('Demo Shop on Facebook');
	await question.getByRole('button', { name: 'Disconnect' }).click();
	await expect(page.getByText('Demo Shop is disconnected')).toBeVisible();
	await expect(list(page).getByRole('listitem')).toHaveCount(1);
	// The focus did not fall back to the start of the page.
	await expect(page.getByRole('main').locator(':focus')).toHaveCount(1);
	expect(fakeMeta.calls.count('revoke')).toBe(0);
	expect(shop.subscribedFields.size).toBeGreaterThan(0);

	fakeMeta.calls.reset();
	await ask('demo_shop on Instagram');
	await question.getByRole('button', { name: 'Disconnect' }).click();
	await expect(page.getByRole('heading', { name: 'Connect the page' })).toBeVisible();
	expect(await connectionsOf(server, account)).toEqual([]);
	expect(shop.subscribedFields.size).toBe(0);
	const unsubscribed = fakeMeta.calls.list('subscribed_apps').map(({ method }) => method);
	expect(unsubscribed).toContain('DELETE');
	expect(fakeMeta.calls.count('revoke')).toBe(1);
	expect(seller.person.grant).toBeNull();
});

test('by keyboard alone: connect, untick, check, disconnect', async ({ page, server, seller }) => {
	seller.page('Demo Shop', 'demo_shop');
	await signIn(page, await server.account());
	await page.goto('/connections');
	const tabTo = async (target: Locator): Promise<void> => {
		for (let presses = 0; presses < 40; presses++) {
			if (await target.evaluate((node) => node === document.activeElement)) return;
			await page.keyboard.press('Tab');
		}
		await expect(target).toBeFocused();
	};
	await tabTo(page.getByRole('button', { name: 'Connect Facebook Page' }));
	await page.keyboard.press('Enter');
	await expect(allow(page)).toBeVisible();
	await tabTo(allow(page));
	await page.keyboard.press('Enter');
	const instagram = page.getByRole('checkbox', { name: /^demo_shop/ });
	await expect(instagram).toBeChecked();
	await tabTo(instagram);
	await page.keyboard.press('Space');
	const connect = page.getByRole('button', { name: 'Connect 1 account' });
	await tabTo(connect);
	await page.keyboard.press('Enter');

	const shop = row(page, 'Demo Shop on Facebook');
	await tabTo(shop.getByRole('button', { name: 'Check now' }));
	await page.keyboard.press('Enter');
	await expect(page.getByText('Demo Shop: OK')).toBeVisible();
	await expect(shop.getByRole('button', { name: 'Check now' })).toBeFocused();
	const more = shop.getByRole('button', { name: /^More for/ });
	await tabTo(more);
	await page.keyboard.press('Enter');
	await expect(page.getByRole('menuitem', { name: 'Disconnect' })).toBeFocused();
	await page.keyboard.press('Enter');
	const question = page.getByRole('alertdialog');
	await expect(question.locator(':focus').or(question.and(page.locator(':focus')))).toBeVisible();
	await page.keyboard.press('Escape');
	await expect(question).toHaveCount(0);
	await tabTo(more);
	await page.keyboard.press('Enter');
	await expect(page.getByRole('menuitem', { name: 'Disconnect' })).toBeFocused();
	await page.keyboard.press('Enter');
	await tabTo(question.getByRole('button', { name: 'Disconnect' }));
	await page.keyboard.press('Enter');
	await expect(page.getByText('Demo Shop is disconnected')).toBeVisible();
});

test('without JavaScript a link leads to Meta, and the choice works', async ({
	browser,
	server,
	seller
}) => {
	seller.page('Demo Shop');
	const context = await browser.newContext({
		baseURL: server.app.origin,
		javaScriptEnabled: false
	});
	const page = await context.newPage();
	await signIn(page, await server.account());
	await page.goto('/connections');
	await page.getByRole('button', { name: 'Connect Facebook Page' }).click();
	await page.getByRole('link', { name: 'Continue at Facebook' }).click();
	await allow(page).click();
	await page.getByRole('button', { name: 'Connect 1 account' }).click();
	await expect(row(page, 'Demo Shop on Facebook')).toContainText('OK');
	await context.close();
});

test('“Back” from Meta finds a page that can be used', async ({ page, server, seller }) => {
	seller.page('Demo Shop');
	await signIn(page, await server.account());
	await openDialog(page);
	await page.goBack();
	await page.getByRole('button', { name: 'Connect Facebook Page' }).click();
});

test('a viewer sees how connections stand, and nothing to do', async ({
	page,
	server,
	seller,
	browser
}) => {
	seller.page('Demo Shop');
	const account = await server.account();
	const viewer = await viewerOf(server, account);
	const context = await browser.newContext({ baseURL: server.app.origin });
	const watching = await context.newPage();
	await signIn(watching, viewer);
	await watching.goto('/connections');
	await expect(watching.getByText('No accounts connected yet')).toBeVisible();

	await signIn(page, account);
	await connectAll(page);
	await watching.reload();
	await expect(row(watching, 'Demo Shop on Facebook')).toContainText('OK');
	await expect(watching.getByRole('main').getByRole('button')).toHaveCount(0);
	const choose = await watching.goto('/connections/choose?pick=x');
	expect(choose?.status()).toBe(403);
	await context.close();
});

test('the dashboard leads a newcomer here, until an account is connected', async ({
	page,
	server,
	seller
}) => {
	seller.page('Demo Shop');
	await signIn(page, await server.account());
	const steps = page.getByRole('region', { name: 'Four steps to your first live sale' });
	await steps.getByRole('link', { name: 'Connect your page' }).click();
	await expect(page).toHaveURL(/\/connections#?$/);
	await expect(
		page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Connections' })
	).toHaveAttribute('aria-current', 'page');
	await connectAll(page);
	await page.goto('/dashboard');
	await expect(steps.getByRole('listitem').nth(2)).toContainText('Connect your page, done');
});

for (const colorScheme of ['light', 'dark'] as const) {
	test.describe(`WCAG 2.2 AA, ${colorScheme}`, () => {
		test.use({ colorScheme, reducedMotion: 'reduce' });

		test('every state of the pages, also on a phone', async ({
			page,
			server,
			seller,
			fakeMeta
		}) => {
			test.slow();
			seller.page('Demo Shop', 'demo_shop');
			seller.page('Bare Shop');
			const account = await server.account();
			await signIn(page, account);
			const expectFine = async (state: string): Promise<void> => {
				expect(await violations(page), state).toEqual([]);
				const needed = () => page.evaluate(() => document.documentElement.scrollWidth);
				for (const width of [320, 360]) {
					await page.setViewportSize({ width, height: 740 });
					await expect.poll(needed, `${state}: width`).toBe(width);
				}
				expect(await violations(page), `${state}, narrow`).toEqual([]);
				await page.setViewportSize({ width: 1280, height: 720 });
			};
			await page.goto('/connections');
			await expectFine('empty');
			await openDialog(page);
			await page.getByLabel('Read what people comment on your Pages').uncheck();
			await allow(page).click();
			await expect(page.getByRole('button', { name: 'Connect 3 accounts' })).toBeVisible();
			await expectFine('choose');
			await page.getByRole('button', { name: 'Connect 3 accounts' }).click();
			await expect(list(page)).toBeVisible();
			await expectFine('new and degraded');

			await fakeMeta.admin('expireToken', { of: seller.person.id });
			const [connection] = await connectionsOf(server, account);
			const shop = row(page, 'Demo Shop on Facebook');
			await shop.getByRole('button', { name: 'Check now' }).click();
			await expect(shop).toContainText('Needs reconnecting');
			await page.goto(`/connections?reconnect=${connection?.id}`);
			await expectFine('to be reconnected');
			const question = page.getByRole('alertdialog');
			const disconnect = page.getByRole('menuitem', { name: 'Disconnect' });
			await shop.getByRole('button', { name: /^More for/ }).click();
			await disconnect.click();
			await expect(question).toBeVisible();
			expect(await violations(page), 'question').toEqual([]);
			await page.goto('/connections/callback/facebook?code=x');
			await expectFine('failed');
		});
	});
}

plainTest(
	'a server without a Meta app says so, and offers no dead buttons',
	async ({ page, server }) => {
		const account = await server.account();
		await signIn(page, account);
		await expect(page.getByRole('region', { name: 'Three steps' })).toBeVisible();
		await page.goto('/connections');
		await expect(page.getByText('are not set up on this server')).toBeVisible();
		await expect(page.getByText('docs/setup-meta.md')).toBeVisible();
		await expect(page.getByRole('main').getByRole('button')).toHaveCount(0);
		expect(await violations(page)).toEqual([]);
	}
);
