import type { Page } from '@playwright/test';
import { viewerOf } from './drafts.ts';
import { expect, test } from './fixtures.ts';
import { openConsole, openFollowing, panel, signIn } from './pages.ts';

/** Puts a stand-in for the browser's audio into the page, which only counts the tones that it is asked for. */
async function countTones(page: Page): Promise<void> {
	await page.addInitScript(() => {
		let tones = 0;
		class Node {
			readonly gain = {
				linearRampToValueAtTime: () => undefined,
				exponentialRampToValueAtTime: () => undefined
			};
			connect(next: unknown) {
				return next;
			}
			start() {
				document.documentElement.dataset['tones'] = String(++tones);
			}
			stop() {
				return undefined;
			}
		}
		class Context {
			readonly state = 'running';
			readonly currentTime = 0;
			readonly destination = {};
			close() {
				return Promise.resolve();
			}
		}
		Object.assign(window, { AudioContext: Context, GainNode: Node, OscillatorNode: Node });
	});
}

async function tones(page: Page): Promise<number> {
	return Number((await page.locator('html').getAttribute('data-tones')) ?? 0);
}

const sounds = (page: Page) => page.getByLabel('Console sounds');
const saved = (page: Page) => page.getByText('Saved', { exact: true }).last();

async function chooseSounds(page: Page, showId: string, choice: string): Promise<void> {
	await openFollowing(page, `/shows/${showId}/setup`);
	await sounds(page).selectOption(choice);
	await expect(saved(page)).toBeVisible();
}

/** Opens the console, touches it as browsers want it, and lets somebody win. */
async function openAndWin(
	page: Page,
	showId: string,
	win: () => Promise<void>,
	feed: string
): Promise<void> {
	await openConsole(page, showId);
	await page.getByRole('heading', { level: 1 }).click();
	await win();
	await expect(panel(page, 'Claims')).toContainText(feed);
}

test('sounds: the show’s choice goes before the workspace’s, the person’s own before both', async ({
	page,
	server
}) => {
	await countTones(page);
	const account = await server.account();
	const showId = await server.show(account, { '12': 9 });
	const win = (user: string) => () => server.say(showId, user, 'sold 12');
	await signIn(page, account);

	await openAndWin(page, showId, win('ana'), 'ana');
	expect(await tones(page)).toBe(0);
	await chooseSounds(page, showId, 'On');
	await openAndWin(page, showId, win('ben'), 'ben');
	await expect.poll(() => tones(page)).toBeGreaterThan(0);
	await page.getByRole('button', { name: 'Sounds: on' }).click();
	await page.getByRole('switch', { name: 'Sound: An item is won' }).click();
	await page.keyboard.press('Escape');
	await openAndWin(page, showId, win('cid'), 'cid');
	expect(await tones(page)).toBe(0);

	await page.getByRole('button', { name: 'Sounds: on' }).click();
	const ofShow = page.getByRole('button', { name: 'As the show has it' });
	await ofShow.click();
	await expect(page.getByRole('switch', { name: 'Sound: An item is won' })).toBeChecked();
	await expect(ofShow).toHaveAttribute('aria-disabled', 'true');
	await page.keyboard.press('Escape');
	await openAndWin(page, showId, win('dot'), 'dot');
	await expect.poll(() => tones(page)).toBeGreaterThan(0);
});

test('a workspace with sounds has a show without', async ({ page, server }) => {
	await countTones(page);
	const account = await server.account();
	const [loud, quiet] = [await server.show(account), await server.show(account)];
	await signIn(page, account);
	await page.goto('/settings');
	await page.getByRole('switch', { name: 'Console sounds' }).click();
	await page.getByRole('button', { name: 'Save settings' }).click();
	await expect(page.getByText('Settings saved')).toBeVisible();
	await openFollowing(page, `/shows/${loud}/setup`);
	await expect(sounds(page)).toHaveValue('');
	await expect(sounds(page).locator('option').first()).toHaveText('Workspace default (on)');
	await chooseSounds(page, quiet, 'Off');
	await openAndWin(page, quiet, () => server.say(quiet, 'ana', 'sold 12'), 'ana');
	expect(await tones(page)).toBe(0);
	await openAndWin(page, loud, () => server.say(loud, 'ben', 'sold 12'), 'ben');
	await expect.poll(() => tones(page)).toBeGreaterThan(0);
});

test('the pace is chosen in a running show and kept; once it is over, it stands', async ({
	page,
	server
}) => {
	const account = await server.account();
	const showId = await server.show(account);
	await signIn(page, account);
	await openFollowing(page, `/shows/${showId}/setup`);
	const pace = page.getByLabel('Look for new comments');
	await expect(pace.locator('option').first()).toHaveText('Workspace default (automatic)');
	await pace.selectOption('Every 3 seconds');
	await expect(saved(page)).toBeVisible();
	await page.reload();
	await expect(pace).toHaveValue('3');
	await server.context.actions.changeStatus(showId, 'ended', 'user:test');
	await expect(pace).toBeDisabled();
	await expect(sounds(page)).toBeDisabled();
});

test('a refused change shows what holds, and says why', async ({ page, server }) => {
	const account = await server.account();
	const showId = await server.show(account);
	await signIn(page, account);
	await openFollowing(page, `/shows/${showId}/setup`);
	await page.route('**/api/trpc/shows.setOverrides*', (route) => route.abort());
	await sounds(page).selectOption('On');
	await expect(page.getByText('Sellary can’t be reached.')).toBeVisible();
	await expect(sounds(page)).toHaveValue('');
});

test('a viewer’s console follows the show’s choice and leads to no setup', async ({
	page,
	server
}) => {
	const account = await server.account();
	const showId = await server.show(account);
	await server.context.db
		.updateTable('shows')
		.set({ sounds: true })
		.where('id', '=', showId)
		.execute();
	await signIn(page, await viewerOf(server, account));
	await openConsole(page, showId);
	await page.getByRole('button', { name: 'Sounds: on' }).click();
	await expect(page.getByRole('dialog', { name: 'Sounds' })).toBeVisible();
	await expect(page.getByRole('link', { name: 'the show’s setup' })).toHaveCount(0);
});
