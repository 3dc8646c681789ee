import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { buyerRef } from '../../src/lib/domain/buyer-ref.ts';
import { expect, test } from './fixtures.ts';
import type { Account, Server } from './fixtures.ts';
import { signIn } from './pages.ts';

const WCAG_22_AA = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

async function violations(page: Page): Promise<string[]> {
	const { violations: found } = await new AxeBuilder({ page }).withTags(WCAG_22_AA).analyze();
	return found.map((rule) => `${rule.id}: ${rule.nodes[0]?.html ?? ''}`);
}

async function overflows(page: Page): Promise<boolean> {
	return await page.evaluate(
		() => document.documentElement.scrollWidth > document.documentElement.clientWidth
	);
}

/** A show in which ana won, ben waits and talker only talks. Over for 40 days, unless it runs. */
async function sale(server: Server, account: Account, running = false): Promise<string> {
	const { context } = server;
	const showId = await server.show(account);
	for (const [user, text] of [
		['ana', 'sold 12'],
		['ben', 'sold 12'],
		['talker', 'is the blue one still there?'],
		['talker', 'what a pity']
	] as const) {
		await server.say(showId, user, text);
	}
	if (!running) await context.actions.changeStatus(showId, 'ended', 'user:test');
	const { seq } = await context.live.snapshot(showId);
	await expect(async () => {
		const { last_seq } = await context.db
			.selectFrom('shows')
			.select('last_seq')
			.where('id', '=', showId)
			.executeTakeFirstOrThrow();
		expect(Number(last_seq)).toBe(seq);
	}).toPass();
	if (running) return showId;
	await context.db
		.updateTable('shows')
		.set({ ended_at: new Date(Date.now() - 40 * 86_400_000) })
		.where('id', '=', showId)
		.execute();
	return showId;
}

async function changeRole(server: Server, account: Account, role: 'owner' | 'operator') {
	await server.context.db
		.updateTable('members')
		.set({ role })
		.where('workspace_id', '=', account.workspaceId)
		.execute();
}

test.describe('retention', () => {
	const days = (page: Page) => page.getByLabel('Days after the end of a show');
	const save = (page: Page) => page.getByRole('button', { name: 'Save how long they are kept' });

	test('is chosen with its effect in view, confirmed, and told wherever comments are shown', async ({
		page,
		server
	}) => {
		const account = await server.account();
		const showId = await sale(server, account);
		await signIn(page, account);
		await page.goto('/settings');
		await expect(page.getByLabel('Keep them for good')).toBeChecked();
		await expect(save(page)).toBeDisabled();
		await page.getByLabel('Remove them after').check();
		await days(page).fill('60');
		await expect(page.getByText('No comment is old enough to be removed now.')).toBeVisible();
		await days(page).fill('30');
		const effect = 'This would remove the words of 2 comments of 1 person in 1 show now.';
		await expect(page.getByText(effect)).toBeVisible();
		await save(page).click();
		const dialog = page.getByRole('alertdialog');
		await expect(dialog).toContainText('can’t be brought back');
		expect(await violations(page)).toEqual([]);
		await page.keyboard.press('Escape');
		await page.reload();
		await expect(page.getByLabel('Keep them for good')).toBeChecked();

		await page.getByLabel('Remove them after').check();
		await days(page).fill('30');
		await save(page).click();
		await dialog.getByRole('button', { name: 'Remove from now on' }).click();
		await expect(page.getByText('Settings saved')).toBeVisible();
		expect(await server.context.retention.run()).toBe(1);

		await page.goto(`/shows/${showId}/summary`);
		await expect(page.getByText('(2 comments of 1 account) were removed on')).toBeVisible();
		await expect(page.getByText('keeps them for 30 days')).toBeVisible();
		expect(await violations(page)).toEqual([]);
		for (const place of ['replay', 'console']) {
			await page.goto(`/shows/${showId}/${place}`);
			if (place === 'replay') {
				await page
					.getByRole('slider', { name: /moment|time|replay/i })
					.first()
					.press('End');
			}
			const comments = page.getByRole('region', { name: 'Comments', exact: true });
			await expect(comments.getByText('removed by retention')).toHaveCount(2);
			await expect(comments.getByText('Removed viewer')).toHaveCount(2);
			await expect(comments.getByText('sold 12')).toHaveCount(2);
			await expect(page.getByText('what a pity')).toHaveCount(0);
			await expect(page.getByText('talker')).toHaveCount(0);
		}
		await page.goto('/audit');
		await expect(
			page.getByText('Removed the comments of people who claimed nothing')
		).toBeVisible();
	});

	test('takes whole days within its bounds; longer is saved without a question', async ({
		page,
		server
	}) => {
		await signIn(page, await server.account());
		await page.goto('/settings');
		await page.getByLabel('Remove them after').check();
		for (const wrong of ['0', '3651', '1.5', 'x', '']) {
			await days(page).fill(wrong);
			await expect(page.getByText('Choose 1 to 3,650 days.')).toBeVisible();
			await expect(save(page)).toBeDisabled();
		}
		await days(page).fill('3650');
		await save(page).click();
		const answered = () =>
			page.waitForResponse((response) => response.url().includes('settings.update'));
		let saved = answered();
		await page.getByRole('button', { name: 'Remove from now on' }).click();
		await saved;
		await expect(page.getByRole('alertdialog')).toHaveCount(0);
		await page.getByLabel('Keep them for good').check();
		saved = answered();
		await save(page).click();
		await saved;
		await expect(page.getByRole('alertdialog')).toHaveCount(0);
		await page.reload();
		await expect(page.getByLabel('Keep them for good')).toBeChecked();
	});

	test('says so when what it would remove can’t be counted', async ({ page, server }) => {
		await signIn(page, await server.account());
		await page.goto('/settings');
		await page.route('**/api/trpc/**', (route) => route.abort());
		await page.getByLabel('Remove them after').check();
		await expect(page.getByText('could not be counted')).toBeVisible();
		await page.unroute('**/api/trpc/**');
		await page.getByRole('button', { name: 'Try again' }).click();
		await expect(page.getByText('No comment is old enough to be removed now.')).toBeVisible();
	});

	test('is read, not changed, by an operator', async ({ page, server }) => {
		const account = await server.account();
		await signIn(page, account);
		await changeRole(server, account, 'operator');
		await page.goto('/settings');
		await expect(page.getByText('Comments of people who claimed nothing')).toBeVisible();
		await expect(page.getByText('Kept for good')).toBeVisible();
		await expect(save(page)).toHaveCount(0);
	});
});

test.describe('erasing a person', () => {
	const name = (page: Page) => page.getByLabel('To confirm, type the name');
	const confirm = (page: Page) => page.getByRole('button', { name: 'Erase for good' });

	test('takes the name, by the keyboard, and leaves the claims under another one', async ({
		page,
		server
	}) => {
		const account = await server.account();
		const showId = await sale(server, account);
		await signIn(page, account);
		await page.goto(`/buyers/${buyerRef('facebook:ana')}`);
		await page.getByRole('link', { name: 'Erase personal data…' }).focus();
		await page.keyboard.press('Enter');
		await expect(page.getByRole('heading', { name: 'Erase personal data' })).toBeVisible();
		await expect(page.getByText('in 1 claim and 1 comment of 1 show')).toBeVisible();
		expect(await violations(page)).toEqual([]);
		await expect(confirm(page)).toBeDisabled();
		await name(page).fill('an');
		await expect(confirm(page)).toBeDisabled();
		await name(page).fill(' ana ');
		await expect(confirm(page)).toBeEnabled();
		await name(page).press('Enter');
		await expect(page.getByRole('heading', { name: 'Erased buyer', level: 1 })).toBeVisible();
		await expect(page.getByText('This person’s data was erased on request.')).toBeVisible();
		await expect(page.getByRole('link', { name: 'Erase personal data…' })).toHaveCount(0);
		await expect(page.getByLabel('Note')).toHaveCount(0);
		expect(await violations(page)).toEqual([]);
		await page.goto(`/buyers/${buyerRef('facebook:ana')}`);
		await expect(page.getByText('Error 404')).toBeVisible();
		await page.goto(`/shows/${showId}/buyers`);
		await expect(page.getByRole('link', { name: 'Erased buyer', exact: true })).toBeVisible();
		await page.goto(`/shows/${showId}/console`);
		const comments = page.getByRole('region', { name: 'Comments', exact: true });
		await expect(comments.getByText('erased on request')).toHaveCount(1);
		await expect(page.getByText('ana', { exact: true })).toHaveCount(0);
		await page.goto('/audit');
		await expect(page.getByText('Erased a buyer’s personal data')).toBeVisible();
	});

	test('finds somebody who only commented by one of their comments', async ({ page, server }) => {
		const account = await server.account();
		const showId = await sale(server, account);
		await signIn(page, account);
		await page.goto(`/shows/${showId}/replay?event=99`);
		const why = page.getByRole('button', { name: /the comment of talker/ });
		await why.first().click();
		await expect(page.getByRole('dialog').getByText('what a pity')).toBeVisible();
		await page.getByRole('link', { name: 'Erase personal data…' }).click();
		await expect(page.getByText('user ids, in 2 comments of 1 show')).toBeVisible();
		await name(page).fill('talker');
		await confirm(page).click();
		await expect(page.getByText('The person’s data was erased.')).toBeVisible();
		expect(await violations(page)).toEqual([]);
		await page.goto(`/shows/${showId}/replay?event=99`);
		await expect(page.getByText('erased on request')).toHaveCount(2);
		await expect(page.getByText('talker')).toHaveCount(0);
		await page
			.getByRole('button', { name: /Why did the comment of Erased buyer/ })
			.first()
			.click();
		await expect(page.getByRole('link', { name: 'Erase personal data…' })).toHaveCount(0);
	});

	test('waits for the end of a show that runs', async ({ page, server }) => {
		const account = await server.account();
		const showId = await sale(server, account, true);
		await signIn(page, account);
		await page.goto(`/buyers/${buyerRef('facebook:ana')}/erase`);
		await expect(page.getByText('is in a show that is still running')).toBeVisible();
		await expect(page.getByRole('link', { name: 'Friday sale' })).toHaveAttribute(
			'href',
			new RegExp(`${showId}/console$`)
		);
		await expect(confirm(page)).toHaveCount(0);
		expect(await violations(page)).toEqual([]);
	});

	test('is for owners alone, and for people that the workspace has met', async ({
		page,
		server
	}) => {
		const account = await server.account();
		await sale(server, account);
		await signIn(page, account);
		await page.goto(`/buyers/${buyerRef('facebook:nobody')}/erase`);
		await expect(page.getByText('Error 404')).toBeVisible();
		await page.goto('/buyers/no.key/erase');
		await expect(page.getByText('Error 404')).toBeVisible();
		await changeRole(server, account, 'operator');
		await page.goto(`/buyers/${buyerRef('facebook:ana')}`);
		await expect(page.getByRole('heading', { name: 'ana', level: 1 })).toBeVisible();
		await expect(page.getByRole('link', { name: 'Erase personal data…' })).toHaveCount(0);
		await page.goto(`/buyers/${buyerRef('facebook:ana')}/erase`);
		await expect(page.getByText('Error 403')).toBeVisible();
	});

	test('fits a phone, in both colour schemes', async ({ page, server }) => {
		const account = await server.account();
		await sale(server, account);
		await signIn(page, account);
		await page.setViewportSize({ width: 390, height: 800 });
		for (const colorScheme of ['light', 'dark'] as const) {
			await page.emulateMedia({ colorScheme });
			for (const path of ['/settings', `/buyers/${buyerRef('facebook:ana')}/erase`]) {
				await page.goto(path);
				await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
				expect(await overflows(page)).toBe(false);
				expect(await violations(page)).toEqual([]);
			}
		}
	});
});
