import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { PASSWORD, expect, test } from './fixtures.ts';
import type { Account, Server } from './fixtures.ts';
import { openConsole, panel, signIn } from './pages.ts';

const WCAG_22_AA = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

async function violations(page: Page): Promise<string[]> {
	const { violations: found } = await new AxeBuilder({ page }).withTags(WCAG_22_AA).analyze();
	return found.map((rule) => `${rule.id}: ${rule.nodes[0]?.html ?? ''}`);
}

/** Whether something is wider than the screen. */
async function overflows(page: Page): Promise<boolean> {
	return await page.evaluate(
		() => document.documentElement.scrollWidth > document.documentElement.clientWidth
	);
}

async function changeRole(server: Server, account: Account, role: 'operator' | 'viewer') {
	await server.context.db
		.updateTable('members')
		.set({ role })
		.where('workspace_id', '=', account.workspaceId)
		.execute();
}

const zonePicker = (page: Page) => page.getByRole('combobox', { name: 'Time zone' });
const zones = (page: Page) => page.getByRole('listbox', { name: 'Time zones' }).getByRole('option');
const saved = (page: Page) => page.getByText('Settings saved');

test.describe('settings', () => {
	test.use({ timezoneId: 'America/New_York' });

	test('are saved, and new shows and all times follow them', async ({ page, server }) => {
		const account = await server.account();
		await signIn(page, account);
		await page.goto('/settings');
		await page.getByLabel('Name', { exact: true }).fill('Rose & Co');
		await page.getByRole('button', { name: 'Use this browser’s: America/New York' }).click();
		await expect(zonePicker(page)).toHaveValue('America/New York');
		await page.getByLabel('Claim word').fill('Mine!');
		await page.getByLabel('Pass word').fill('nope');
		await page.getByLabel('Look for new comments').selectOption('Every 4 seconds');
		await page.getByRole('switch', { name: 'Console sounds' }).click();
		await page.getByRole('button', { name: 'Save settings' }).click();
		await expect(saved(page)).toBeVisible();
		await expect(page.getByRole('button', { name: /Rose & Co/ })).toBeVisible();

		await page.reload();
		await expect(page.getByLabel('Claim word')).toHaveValue('mine');
		await expect(page.getByLabel('Look for new comments')).toHaveValue('4');
		await expect(page.getByRole('switch', { name: 'Console sounds' })).toBeChecked();
		await expect(zonePicker(page)).toHaveValue('America/New York');
		await openConsole(page, await server.show(account));
		await expect(page.getByRole('button', { name: 'Sounds: on' })).toBeVisible();
		await page.goto('/shows/new');
		await expect(page.getByLabel('Claim word')).toHaveValue('mine');
		await expect(page.getByLabel('Pass word')).toHaveValue('nope');
	});

	test('the time zone is found by the keyboard, and times are shown in it', async ({
		page,
		server
	}) => {
		const account = await server.account();
		await signIn(page, account);
		await page.goto('/settings');
		await zonePicker(page).focus();
		await page.keyboard.type('kolk');
		await expect(zones(page)).toHaveText([/Asia\/Kolkata/]);
		await page.keyboard.press('ArrowDown');
		await page.keyboard.press('Enter');
		await expect(zonePicker(page)).toHaveValue('Asia/Kolkata');
		await page.getByRole('button', { name: 'Save settings' }).click();
		await expect(saved(page)).toBeVisible();

		const showId = await server.show(account);
		await openConsole(page, showId);
		await server.say(showId, 'ana', 'is it warm?');
		const time = panel(page, 'Comments').locator('time').first();
		const at = new Date((await time.getAttribute('datetime')) ?? '');
		const clock = new Intl.DateTimeFormat('en-GB', {
			timeStyle: 'medium',
			timeZone: 'Asia/Kolkata'
		});
		await expect(time).toHaveText(clock.format(at));
	});

	test('say what is wrong beside the field, and keep what was typed', async ({ page, server }) => {
		await signIn(page, await server.account());
		await page.goto('/settings');
		await page.getByLabel('Claim word').fill('two words');
		await page.getByRole('button', { name: 'Save settings' }).click();
		await expect(page.getByText('Use one word of at most')).toBeVisible();
		await expect(page.getByLabel('Claim word')).toHaveValue('two words');
		await expect(page.getByLabel('Claim word')).toBeFocused();
		await page.getByLabel('Claim word').fill('PASS');
		await page.getByRole('button', { name: 'Save settings' }).click();
		await expect(page.getByText('The two words must differ.')).toBeVisible();
	});

	test('can be read, not changed, by operators and viewers', async ({ page, server }) => {
		const account = await server.account();
		await signIn(page, account);
		for (const role of ['operator', 'viewer'] as const) {
			await changeRole(server, account, role);
			await page.goto('/settings');
			await expect(page.getByText('Owners can change these.')).toBeVisible();
			await expect(page.getByRole('button', { name: /Save|Delete/ })).toHaveCount(0);
		}
	});

	test('start in the time zone of whoever registers', async ({ page }) => {
		await page.goto('/register');
		await page.getByLabel('Your name').fill('Ann');
		await page.getByLabel('Workspace').fill('Ann’s shop');
		await page.getByLabel('E-mail').fill(`${crypto.randomUUID()}@sellary.example`);
		await page.getByLabel('Password').fill(PASSWORD);
		await page.getByRole('button', { name: 'Create account' }).click();
		await expect(page).toHaveURL(/\/dashboard$/);
		await page.goto('/settings');
		await expect(zonePicker(page)).toHaveValue('America/New York');
	});
});

test('a workspace is deleted once its name is typed, and its owner is signed out', async ({
	page,
	server
}) => {
	const account = await server.account();
	const showId = await server.show(account);
	await server.say(showId, 'ana', 'sold 12');
	await signIn(page, account);
	await page.goto('/settings');
	await page.getByRole('button', { name: 'Delete workspace…' }).click();
	const dialog = page.getByRole('dialog');
	const confirm = dialog.getByRole('button', { name: 'Delete for good' });
	await expect(confirm).toBeDisabled();
	await dialog.getByRole('textbox').fill(`${account.name}’s shop`);
	await confirm.click();
	await expect(page).toHaveURL(/\/$/);
	await page.goto('/shows');
	await expect(page).toHaveURL(/\/sign-in/);
	await page.getByLabel('E-mail').fill(account.email);
	await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
	await page.getByRole('button', { name: 'Sign in' }).click();
	await expect(page.getByText('The e-mail address or the password is wrong.')).toBeVisible();
});

test.describe('your account', () => {
	test('the name and the password are changed; the other browser is signed out', async ({
		page,
		browser,
		server
	}) => {
		const account = await server.account();
		await signIn(page, account);
		const elsewhere = await browser.newPage({ baseURL: server.app.origin });
		await signIn(elsewhere, account);

		await page.goto('/settings/account');
		await page.getByLabel('Your name').fill('Rosa Luz');
		await page.getByRole('button', { name: 'Save name' }).click();
		await expect(page.getByText('Name saved')).toBeVisible();

		await page.getByLabel('Present password').fill('not my password');
		await page.getByLabel('New password').fill('battery-staple');
		await page.getByRole('button', { name: 'Change password' }).click();
		await expect(page.getByText('This is not your present password.')).toBeVisible();
		await page.getByLabel('Present password').fill(PASSWORD);
		await page.getByLabel('New password').fill('battery-staple');
		await page.getByRole('button', { name: 'Change password' }).click();
		await expect(page.getByText('Password changed')).toBeVisible();
		await expect(page.getByLabel('New password')).toHaveValue('');

		await elsewhere.goto('/shows');
		await expect(elsewhere).toHaveURL(/\/sign-in/);
		await elsewhere.close();
		await page.goto('/shows');
		await expect(page).toHaveURL(/\/shows$/);
	});

	test('is deleted with the password, once no workspace would be left without an owner', async ({
		page,
		server
	}) => {
		const account = await server.account();
		await signIn(page, account);
		await page.goto('/settings/account');
		const dialog = page.getByRole('dialog');
		await page.getByRole('button', { name: 'Delete account…' }).click();
		const password = dialog.getByLabel('To confirm, enter your password');
		const confirm = dialog.getByRole('button', { name: 'Delete for good' });
		await expect(confirm).toBeDisabled();
		await password.fill('not my password');
		await confirm.click();
		await expect(dialog).toContainText('This is not your present password.');
		await expect(password).toHaveValue('');
		await password.fill(PASSWORD);
		await confirm.click();
		await expect(dialog).toContainText('Delete the workspace first');
		expect(await violations(page)).toEqual([]);

		const heir = await server.account();
		await server.context.db
			.updateTable('members')
			.set({ workspace_id: account.workspaceId })
			.where('workspace_id', '=', heir.workspaceId)
			.execute();
		await password.fill(PASSWORD);
		await confirm.click();
		await expect(page).toHaveURL(/\/$/);
		await page.goto('/sign-in');
		await page.getByLabel('E-mail').fill(account.email);
		await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
		await page.getByRole('button', { name: 'Sign in' }).click();
		await expect(page.getByText('The e-mail address or the password is wrong.')).toBeVisible();
	});

	test('one of the sessions is signed out, and nobody else', async ({ page, browser, server }) => {
		const account = await server.account();
		await signIn(page, account);
		const lost = await browser.newPage({
			baseURL: server.app.origin,
			userAgent:
				'Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Mobile Safari/537.36'
		});
		await signIn(lost, account);
		await page.goto('/settings/account');
		const sessions = page.getByRole('list', { name: 'Sessions' }).getByRole('listitem');
		// Registering has left a session as well.
		await expect(sessions).toHaveCount(3);
		await expect(sessions.first()).toContainText('This session');
		const phone = sessions.filter({ hasText: 'Chrome on Android' });
		await expect(phone).not.toContainText('This session');
		await phone.getByRole('button', { name: /^Sign out Chrome on Android, last used / }).click();
		await expect(page.getByText('Signed out there')).toBeVisible();
		await expect(sessions).toHaveCount(2);
		await expect(phone).toHaveCount(0);

		await lost.goto('/shows');
		await expect(lost).toHaveURL(/\/sign-in/);
		await lost.close();
		await page.getByRole('button', { name: 'Sign out here' }).click();
		// Going on at once would break the call off.
		await expect(page.getByRole('link', { name: 'Sign in' }).first()).toBeVisible();
		await page.goto('/shows');
		await expect(page).toHaveURL(/\/sign-in/);
	});

	test('signing out everywhere signs out here as well', async ({ page, server }) => {
		await signIn(page, await server.account());
		await page.goto('/settings/account');
		await page.getByRole('button', { name: 'Sign out everywhere' }).click();
		await expect(page).toHaveURL(/\/sign-in/);
		await page.goto('/shows');
		await expect(page).toHaveURL(/\/sign-in/);
	});
});

for (const colorScheme of ['light', 'dark'] as const) {
	test.describe(`${colorScheme}, on a phone`, () => {
		test.use({ colorScheme, reducedMotion: 'reduce', viewport: { width: 360, height: 740 } });

		test('every settings page is accessible and fits', async ({ page, server }) => {
			await signIn(page, await server.account());
			for (const path of ['/settings', '/settings/members', '/settings/account']) {
				await page.goto(path);
				expect(await violations(page), path).toEqual([]);
				expect(await overflows(page), path).toBe(false);
			}
			await page.goto('/settings');
			await zonePicker(page).click();
			await page.keyboard.type('york');
			await expect(zones(page)).toHaveCount(1);
			expect(await violations(page), 'time zones').toEqual([]);
			await page.keyboard.press('Escape');
			await page.getByRole('button', { name: 'Delete workspace…' }).click();
			await expect(page.getByRole('dialog')).toBeVisible();
			expect(await violations(page), 'delete').toEqual([]);
		});
	});
}
