import type { Page } from '@playwright/test';
import { shownId, snapshotOf } from './drafts.ts';
import { expect, test } from './fixtures.ts';
import type { Server } from './fixtures.ts';
import { connection, panel, signIn } from './pages.ts';

const HEADER =
	'{"type":"show","name":"Small evening","claimWord":"sold","passWord":"pass","items":[{"number":"12","title":"Mug","quantity":1}]}';

function comment(at: number, user: string, text: string): string {
	return JSON.stringify({
		type: 'comment',
		at,
		platform: 'facebook',
		liveId: 'L',
		commentId: `c${at}`,
		userId: user,
		userHandle: user,
		text
	});
}

function recording(lines: readonly string[]) {
	const buffer = Buffer.from(`${lines.join('\n')}\n`);
	return { name: 'evening.jsonl', mimeType: 'application/jsonl', buffer };
}

async function chooseFile(page: Page, lines: readonly string[]): Promise<void> {
	await page.goto('/rehearse');
	const file = page.getByLabel('Recorded show');
	await page.getByRole('radio', { name: 'Your own recording' }).click();
	await file.setInputFiles(recording(lines));
}

async function start(page: Page): Promise<string> {
	await page.getByRole('button', { name: 'Start rehearsal' }).click();
	await expect(page).toHaveURL(/\/console$/);
	await expect(connection(page)).toHaveText(/Connected$/);
	return shownId(page.url());
}

async function untilEnded(server: Server, showId: string): Promise<void> {
	const statusOf = async () => (await snapshotOf(server, showId)).status;
	await expect.poll(statusOf, { timeout: 40_000 }).toBe('ended');
}

test('the recorded evening plays into a show that is marked everywhere and counts nowhere', async ({
	page,
	server
}) => {
	await signIn(page, await server.account());
	await page.goto('/dashboard');
	await page.getByRole('link', { name: 'Rehearse' }).first().click();
	await page.getByLabel('Speed').selectOption('100 times as fast');
	await page.getByLabel('Name').fill('Friday rehearsal');
	const showId = await start(page);
	await expect(page.getByText('Rehearsal', { exact: true })).toBeVisible();
	await expect(panel(page, 'Claims')).toContainText('Won');
	await untilEnded(server, showId);

	await page.goto('/shows');
	const row = page.getByRole('listitem').filter({ hasText: 'Friday rehearsal' });
	await expect(row.getByText('Rehearsal', { exact: true })).toBeVisible();
	await page.goto(`/shows/${showId}/presenter`);
	await expect(page.getByText('Rehearsal', { exact: true })).toBeVisible();
	await page.goto(`/shows/${showId}/setup`);
	await expect(page.getByText('Rehearsal', { exact: true })).toBeVisible();
	const stored = await server.context.db
		.selectFrom('shows')
		.select('is_rehearsal')
		.where('id', '=', showId)
		.executeTakeFirst();
	expect(stored?.is_rehearsal).toBe(true);
});

test('an invented show has the size that was asked for; what is out of bounds is said at its field', async ({
	page,
	server
}) => {
	await signIn(page, await server.account());
	await page.goto('/rehearse');
	const seed = page.getByRole('textbox', { name: 'Seed' });
	await page.getByRole('radio', { name: 'An invented show' }).click();
	await page.getByRole('textbox', { name: 'Comments' }).fill('60');
	await page.getByRole('textbox', { name: 'Items' }).fill('900');
	await page.getByRole('textbox', { name: 'Minutes' }).fill('1');
	await page.getByRole('textbox', { name: 'Buyers' }).fill('9');
	await page.getByRole('button', { name: 'Start rehearsal' }).click();
	await expect(page.getByText('Use a whole number from 1 to 200.')).toBeVisible();
	await expect(page.getByRole('textbox', { name: 'Items' })).toBeFocused();
	await page.getByRole('textbox', { name: 'Items' }).fill('7');
	const before = await seed.inputValue();
	await page.getByRole('button', { name: 'Another seed' }).click();
	expect(await seed.inputValue()).not.toBe(before);
	await page.getByLabel('Speed').selectOption('100 times as fast');
	const showId = await start(page);
	await untilEnded(server, showId);
	expect((await snapshotOf(server, showId)).items).toHaveLength(7);
});

test('a bad recording starts nothing: each wrong line is named, with its text', async ({
	page,
	server
}) => {
	const account = await server.account();
	await signIn(page, account);
	await chooseFile(page, [HEADER, 'not json', comment(5, 'ana', 'sold 12'), '{"type":"comment"}']);
	await page.getByRole('button', { name: 'Start rehearsal' }).click();
	await expect(page.getByRole('alert')).toContainText('2 lines can’t be played.');
	const wrong = page.getByRole('list', { name: 'Lines to correct' }).getByRole('listitem');
	await expect(wrong).toHaveCount(2);
	await expect(wrong.first()).toContainText('Line 2');
	await expect(wrong.first()).toContainText('not json');
	await expect(wrong.last()).toContainText('Line 4');
	const shows = await server.context.db
		.selectFrom('shows')
		.select('id')
		.where('workspace_id', '=', account.workspaceId)
		.execute();
	expect(shows).toEqual([]);

	await page.getByRole('button', { name: 'Another file' }).click();
	await page.getByRole('button', { name: 'Start rehearsal' }).click();
	await expect(page.getByText('Choose a recorded show.')).toBeVisible();
});

test('a good recording plays to its end', async ({ page, server }) => {
	await signIn(page, await server.account());
	await chooseFile(page, [
		HEADER,
		comment(10, 'ana', 'sold 12'),
		comment(20, 'ben', '12 sold'),
		comment(30, 'ana', 'pass 12'),
		'{"type":"end","at":40}'
	]);
	await page.getByLabel('Speed').selectOption('As it happened');
	const showId = await start(page);
	await untilEnded(server, showId);
	await expect(page.getByRole('heading', { name: 'Small evening' })).toBeVisible();
	await expect(panel(page, 'Claims')).toContainText('Promoted');
	const [item] = (await snapshotOf(server, showId)).items;
	expect(item?.winners.map((claim) => claim.buyer.handle)).toEqual(['ben']);
});
