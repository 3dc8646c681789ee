import type { Page } from '@playwright/test';
import { createShow } from '../../src/lib/server/history/create-show.ts';
import { draftShow, shownId, snapshotOf, viewerOf } from './drafts.ts';
import { expect, test } from './fixtures.ts';
import { signIn } from './pages.ts';

const OPERATOR = 'user:test';
const section = (page: Page, name: string) => page.getByRole('region', { name });

test('a newcomer is led through three steps', async ({ page, server }) => {
	const account = await server.account();
	await signIn(page, account);
	const steps = section(page, 'Three steps to your first live sale').getByRole('listitem');
	await expect(steps).toHaveText([/Create a show/, /Rehearse/, /Go live/]);
	await steps.first().getByRole('link', { name: 'Create a show' }).click();
	await page.getByLabel('Name').fill('My first');
	await page.getByRole('button', { name: 'Create show' }).click();
	await expect(page).toHaveURL(/\/setup$/);

	await page.getByRole('link', { name: 'Dashboard', exact: true }).click();
	await expect(steps.first()).toContainText('done');
	await steps.last().getByRole('link', { name: 'Set up and go live' }).click();
	await expect(page.getByRole('heading', { name: 'My first' })).toBeVisible();
});

test('the next show says what it lacks, and goes live from here', async ({ page, server }) => {
	const account = await server.account();
	await draftShow(server, account, [{ number: '1', title: 'Mug', quantity: 1 }], 'Next one');
	await signIn(page, account);
	const next = section(page, 'Next show');
	// The list is what Postgres has, milliseconds behind.
	await expect(async () => {
		await page.reload();
		await expect(next).toContainText('1 item', { timeout: 1_000 });
	}).toPass();
	const confirm = page.getByRole('alertdialog').getByRole('button', { name: 'Go live' });
	await next.getByRole('button', { name: 'Go live' }).click();
	await confirm.click();
	await expect(page).toHaveURL(/\/console$/);
	expect((await snapshotOf(server, shownId(page.url()))).status).toBe('active');
});

test('running shows come first, and the figures leave rehearsals out', async ({ page, server }) => {
	const account = await server.account();
	const showId = await server.show(account, { '12': 1 });
	await server.say(showId, 'ana', 'sold 12');
	await server.say(showId, 'ben', 'sold 12');
	const { db, actions, comments } = server.context;
	const rehearsal = await createShow(db, {
		workspaceId: account.workspaceId,
		name: 'Only a rehearsal',
		claimWord: 'sold',
		passWord: 'pass',
		isRehearsal: true
	});
	await actions.addItem(rehearsal, { number: '1', title: 'Mug', quantity: 1 }, OPERATOR);
	await actions.changeStatus(rehearsal, 'activated', OPERATOR);
	await comments.take(rehearsal, {
		platform: 'facebook',
		liveId: 'L',
		commentId: `r-${rehearsal}`,
		userId: 'zoe',
		userHandle: 'zoe',
		text: 'sold 1'
	});
	await actions.changeStatus(rehearsal, 'ended', OPERATOR);

	await signIn(page, account);
	const figures = section(page, 'Last 30 days');
	await expect(async () => {
		await page.reload();
		const shown = await figures.getByRole('definition').allInnerTexts();
		expect(shown).toEqual(['1', '1', '1', '2']);
	}).toPass();
	await expect(figures).toContainText('Rehearsals don’t count.');
	const ended = page.getByRole('list', { name: 'Ended shows' }).getByRole('listitem');
	await expect(ended).toContainText('Only a rehearsal');
	await expect(ended.getByText('Rehearsal', { exact: true })).toBeVisible();
	const headings = await page.getByRole('heading', { level: 2 }).allInnerTexts();
	expect(headings[0]).toBe('On now');
	await section(page, 'On now').getByRole('link', { name: 'Open console' }).click();
	await expect(page).toHaveURL(new RegExp(`/shows/${showId}/console$`));
});

test('a viewer sees what is on, and nothing to do', async ({ page, server }) => {
	const account = await server.account();
	await draftShow(server, account);
	await signIn(page, await viewerOf(server, account));
	await expect(section(page, 'Next show')).toContainText('Saturday sale');
	await expect(page.getByRole('link', { name: 'New show' })).toHaveCount(0);
	await expect(page.getByRole('button', { name: 'Go live' })).toHaveCount(0);
	const response = await page.goto('/rehearse');
	expect(response?.status()).toBe(403);
});
