import AxeBuilder from '@axe-core/playwright';
import type { Browser, Page } from '@playwright/test';
import { PASSWORD, expect, test } from './fixtures.ts';
import type { Account, Server } from './fixtures.ts';
import { openConsole, signIn } from './pages.ts';

const WCAG_22_AA = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

async function violations(page: Page): Promise<string[]> {
	const { violations: found } = await new AxeBuilder({ page }).withTags(WCAG_22_AA).analyze();
	return found.map((rule) => `${rule.id}: ${rule.nodes[0]?.html ?? ''}`);
}

const shopOf = (account: Account): string => `${account.name}’s shop`;
const members = (page: Page) => page.getByRole('list', { name: 'Members' });
const rowOf = (page: Page, name: string) =>
	members(page).getByRole('listitem').filter({ hasText: name });

/** Makes a link as the page offers it. Returns its address. */
async function createLink(page: Page, role: 'operator' | 'viewer'): Promise<string> {
	await page.goto('/settings/members');
	await page.getByLabel('Role', { exact: true }).selectOption(role);
	await page.getByRole('button', { name: 'Create link' }).click();
	const field = page.getByLabel(`Link for one ${role}`);
	await expect(field).toHaveValue(/\/invite\/[\w-]{43}$/);
	return await field.inputValue();
}

/** A browser of somebody else. */
async function otherBrowser(browser: Browser, server: Server): Promise<Page> {
	const context = await browser.newContext({ baseURL: server.app.origin });
	return await context.newPage();
}

async function joinAsNew(page: Page, link: string, name: string): Promise<void> {
	await page.goto(link);
	await page.getByLabel('Your name').fill(name);
	await page.getByLabel('E-mail').fill(`${crypto.randomUUID()}@sellary.example`);
	await page.getByLabel('Password').fill(PASSWORD);
	await page.getByRole('button', { name: 'Create account and join' }).click();
	await expect(page).toHaveURL(/\/dashboard$/);
}

async function choose(page: Page, name: string, action: string): Promise<void> {
	await page.getByRole('button', { name: `Actions for ${name}` }).click();
	await page.getByRole('menuitem', { name: action }).click();
}

test('somebody new joins by a link, which then works no more', async ({
	page,
	browser,
	server
}) => {
	const owner = await server.account();
	await signIn(page, owner);
	const link = await createLink(page, 'viewer');

	const guest = await otherBrowser(browser, server);
	await guest.goto(link);
	await expect(guest.getByRole('heading', { name: `Join ${shopOf(owner)}` })).toBeVisible();
	await expect(guest.getByText(`${owner.name} invites you as viewer`)).toBeVisible();
	await joinAsNew(guest, link, 'Vera Viewer');
	await expect(guest.getByRole('button', { name: new RegExp(shopOf(owner)) })).toBeVisible();
	await guest.goto(link);
	await expect(guest.getByText('This invitation no longer works')).toBeVisible();

	await page.reload();
	await expect(rowOf(page, 'Vera Viewer')).toContainText('Viewer');
	await expect(page.getByLabel('Link for one viewer')).toHaveCount(0);
	await guest.goto('/settings/members');
	await expect(guest.getByRole('button', { name: 'Create link' })).toHaveCount(0);
	await expect(guest.getByText(owner.email)).toHaveCount(0);
	await guest.context().close();
});

test('the link is copied, listed and can be withdrawn', async ({ page, context, server }) => {
	await context.grantPermissions(['clipboard-read', 'clipboard-write']);
	await signIn(page, await server.account());
	const link = await createLink(page, 'operator');
	await page.getByRole('button', { name: 'Copy' }).click();
	await expect(page.getByRole('button', { name: 'Copied' })).toBeVisible();
	expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(link);
	await page.getByRole('button', { name: /Withdraw the invitation as operator/ }).click();
	await expect(page.getByRole('list', { name: 'Open invitations' })).toHaveCount(0);
	await page.goto(link);
	await expect(page.getByText('This invitation no longer works')).toBeVisible();
});

test('somebody with a workspace joins another, and switches between them', async ({
	page,
	browser,
	server
}) => {
	const [owner, guest] = [await server.account(), await server.account()];
	await signIn(page, owner);
	const link = await createLink(page, 'operator');
	const other = await otherBrowser(browser, server);
	await signIn(other, guest);
	await other.goto(link);
	await other.getByRole('button', { name: 'Join', exact: true }).click();
	await expect(other).toHaveURL(/\/dashboard$/);
	const menu = (name: string) => other.getByRole('button', { name: new RegExp(name) });
	await menu(shopOf(owner)).click();
	await other.getByRole('menuitemradio', { name: shopOf(guest) }).click();
	await expect(menu(shopOf(guest))).toBeVisible();
	await other.goto('/settings/members');
	await expect(members(other).getByRole('listitem')).toHaveCount(1);
	await other.context().close();
});

test('somebody with an account who is signed out signs in to join', async ({
	page,
	browser,
	server
}) => {
	const [owner, guest] = [await server.account(), await server.account()];
	await signIn(page, owner);
	const link = await createLink(page, 'viewer');
	const other = await otherBrowser(browser, server);
	await other.goto(link);
	await other.getByRole('link', { name: 'Sign in to join' }).click();
	await expect(other.getByRole('button', { name: 'Sign in and join' })).toBeVisible();
	await other.getByLabel('E-mail').fill(guest.email);
	await other.getByLabel('Password').fill('not my password');
	await other.getByRole('button', { name: 'Sign in and join' }).click();
	await expect(other.getByText('The e-mail address or the password is wrong.')).toBeVisible();
	await other.getByLabel('Password').fill(PASSWORD);
	await other.getByRole('button', { name: 'Sign in and join' }).click();
	await expect(other).toHaveURL(/\/dashboard$/);
	await expect(other.getByRole('button', { name: new RegExp(shopOf(owner)) })).toBeVisible();
	await other.context().close();
});

test('a removed member loses the open console at once', async ({ page, browser, server }) => {
	const owner = await server.account();
	const showId = await server.show(owner);
	await signIn(page, owner);
	const link = await createLink(page, 'operator');
	const other = await otherBrowser(browser, server);
	await joinAsNew(other, link, 'Otto Operator');
	await openConsole(other, showId);

	await page.reload();
	await choose(page, 'Otto Operator', 'Change role…');
	await page.getByRole('radio', { name: 'Viewer' }).click();
	await page.getByRole('button', { name: 'Change role' }).click();
	await expect(rowOf(page, 'Otto Operator')).toContainText('Viewer');
	await choose(page, 'Otto Operator', 'Remove…');
	await page.getByRole('button', { name: 'Remove', exact: true }).click();
	await expect(rowOf(page, 'Otto Operator')).toHaveCount(0);

	await expect(other.getByText(/signed out|sign in/i).first()).toBeVisible();
	await other.goto(`/shows/${showId}/console`);
	await expect(other).toHaveURL(/\/sign-in/);
	await other.context().close();
});

test('ownership is transferred, and the former owner may leave', async ({
	page,
	browser,
	server
}) => {
	const owner = await server.account();
	await signIn(page, owner);
	await page.goto('/settings/members');
	// Nothing would be left to own it.
	await expect(page.getByRole('button', { name: `Actions for ${owner.name}` })).toHaveCount(0);
	const link = await createLink(page, 'viewer');
	const other = await otherBrowser(browser, server);
	await joinAsNew(other, link, 'Nora Next');

	await page.reload();
	await choose(page, 'Nora Next', 'Transfer ownership…');
	await page.getByRole('button', { name: 'Transfer ownership' }).click();
	await expect(rowOf(page, 'Nora Next')).toContainText('Owner');
	await expect(rowOf(page, owner.name)).toContainText('Operator');
	await expect(page.getByRole('button', { name: 'Create link' })).toHaveCount(0);
	await choose(page, owner.name, 'Leave…');
	await page.getByRole('button', { name: 'Leave', exact: true }).click();
	await expect(page).toHaveURL(/\/sign-in/);
	await other.goto('/settings/members');
	await expect(other.getByRole('button', { name: 'Create link' })).toBeVisible();
	await other.context().close();
});

test('a role is changed by the keyboard alone', async ({ page, browser, server }) => {
	await signIn(page, await server.account());
	const link = await createLink(page, 'viewer');
	const other = await otherBrowser(browser, server);
	await joinAsNew(other, link, 'Kay Keys');
	await page.reload();
	await page.getByRole('button', { name: 'Actions for Kay Keys' }).focus();
	await page.keyboard.press('Enter');
	await expect(page.locator('[role="menuitem"]:focus')).toBeVisible();
	await page.keyboard.press('Enter');
	await expect(page.getByRole('dialog')).toBeVisible();
	await page.getByRole('radio', { name: 'Viewer' }).focus();
	await page.keyboard.press('ArrowUp');
	await page.keyboard.press('Space');
	await page.getByRole('button', { name: 'Change role' }).focus();
	await page.keyboard.press('Enter');
	await expect(rowOf(page, 'Kay Keys')).toContainText('Operator');
	await other.context().close();
});

for (const colorScheme of ['light', 'dark'] as const) {
	test.describe(`${colorScheme}, on a phone`, () => {
		test.use({ colorScheme, reducedMotion: 'reduce', viewport: { width: 360, height: 740 } });

		test('members, dialogs and the invitation are accessible and fit', async ({
			page,
			browser,
			server
		}) => {
			await signIn(page, await server.account());
			const joined = await createLink(page, 'operator');
			const other = await otherBrowser(browser, server);
			await joinAsNew(other, joined, 'Max With A Rather Long Name For A Narrow Phone');
			const link = await createLink(page, 'viewer');
			const fits = () =>
				page.evaluate(
					() => document.documentElement.scrollWidth <= document.documentElement.clientWidth
				);
			expect(await violations(page), 'members').toEqual([]);
			expect(await fits(), 'members').toBe(true);
			await choose(page, 'Max', 'Change role…');
			await expect(page.getByRole('dialog')).toBeVisible();
			expect(await violations(page), 'role').toEqual([]);
			await page.keyboard.press('Escape');
			await page.getByRole('button', { name: /account and workspace/ }).click();
			await expect(page.getByRole('menuitem', { name: 'Members' })).toBeVisible();
			expect(await violations(page), 'menu').toEqual([]);
			await page.keyboard.press('Escape');
			await page.goto(link);
			expect(await violations(page), 'already here').toEqual([]);
			await page.context().clearCookies();
			for (const address of [link, `${link}?account`]) {
				await page.goto(address);
				expect(await violations(page), 'invitation').toEqual([]);
				expect(await fits(), 'invitation').toBe(true);
			}
			await other.context().close();
		});
	});
}
