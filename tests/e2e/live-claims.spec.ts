import { expect, test } from './fixtures.ts';
import { connection, expectShown, openConsole, panel, shownState, signIn } from './pages.ts';

test('a comment becomes the claim of the right buyer without reloading, and stays after it', async ({
	page,
	server
}) => {
	const account = await server.account();
	const showId = await server.show(account, { '12': 1 });
	await signIn(page, account);
	await openConsole(page, showId);

	await server.say(showId, 'first.buyer', 'sold 12!');
	await server.say(showId, 'second.buyer', '12 sold');
	await expect(panel(page, 'Claims')).toContainText('second.buyer');
	await expect(panel(page, 'Claims').getByText('Won', { exact: true })).toHaveCount(1);
	await expect(panel(page, 'Claims')).toContainText('Waitlist #1');
	await expect(panel(page, 'Items')).toContainText('Sold out');

	await server.say(showId, 'first.buyer', 'pass 12');
	await expect(panel(page, 'Claims')).toContainText('Promoted');
	await expect(panel(page, 'Comments')).toContainText('pass 12');
	const live = await shownState(page);
	await page.reload();
	await expect(connection(page)).toHaveText(/Connected$/);
	await expectShown(page, live);
});

test('the server restarts in mid-show: the console comes back by itself and misses nothing', async ({
	page,
	server
}) => {
	const account = await server.account();
	const showId = await server.show(account, { '12': 3 });
	await signIn(page, account);
	await openConsole(page, showId);
	await server.say(showId, 'before', 'sold 12');
	await expect(panel(page, 'Claims')).toContainText('before');

	const restarted = server.restart();
	await server.say(showId, 'meanwhile', 'sold 12');
	await restarted;
	await server.say(showId, 'after', 'sold 12');
	await expect(panel(page, 'Claims')).toContainText('meanwhile', { timeout: 45_000 });
	await expect(panel(page, 'Claims')).toContainText('after');
	await expect(panel(page, 'Comments')).toContainText('after');
	await expect(connection(page)).toHaveText(/Connected$/);
	const live = await shownState(page);
	await page.reload();
	await expect(connection(page)).toHaveText(/Connected$/);
	await expectShown(page, live);
});

test('hostile handles and comments are shown as text', async ({ page, server }) => {
	const account = await server.account();
	const showId = await server.show(account, { '12': 1 });
	await signIn(page, account);
	await openConsole(page, showId);
	let alerted = false;
	page.on('dialog', (dialog) => {
		alerted = true;
		void dialog.dismiss();
	});

	await server.say(showId, '<script>alert(1)</script>', 'sold 12 <img src=x onerror=alert(2)>');
	await expect(panel(page, 'Comments')).toContainText('<img src=x onerror=alert(2)>');
	await expect(panel(page, 'Claims')).toContainText('<script>alert(1)</script>');
	await page.reload();
	await expect(panel(page, 'Claims')).toContainText('<script>alert(1)</script>');
	expect(alerted).toBe(false);
});

test('another workspace’s show is not there', async ({ page, server }) => {
	const owner = await server.account();
	const stranger = await server.account();
	const showId = await server.show(owner);
	await signIn(page, stranger);
	const response = await page.goto(`/shows/${showId}/console`);
	expect(response?.status()).toBe(404);
	await page.goto('/shows');
	await expect(page.getByText('Friday sale')).toHaveCount(0);
});

test('signed out: the console asks to sign in and comes back to the show', async ({
	page,
	server
}) => {
	const account = await server.account();
	const showId = await server.show(account);
	await page.goto(`/shows/${showId}/console`);
	await expect(page).toHaveURL(/\/sign-in/);
});
