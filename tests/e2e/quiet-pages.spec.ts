import { buyerRef } from '../../src/lib/domain/buyer-ref.ts';
import { draftShow } from './drafts.ts';
import { expect, test } from './fixtures.ts';
import { signIn } from './pages.ts';

test('no page writes to the browser’s console: no error, no hydration warning', async ({
	page,
	server
}) => {
	const account = await server.account();
	const live = await server.show(account, { '12': 2 });
	await server.say(live, 'ana', 'sold 12');
	const items = Array.from({ length: 60 }, (_, index) => ({
		number: String(index + 1),
		title: 'Bag',
		quantity: 1
	}));
	const draft = await draftShow(server, account, items);
	await signIn(page, account);
	const said: string[] = [];
	let path = '';
	page.on('console', (message) => said.push(`${path}: ${message.type()} ${message.text()}`));
	page.on('pageerror', (error) => said.push(`${path}: ${error.message}`));
	for (path of [
		...['/dashboard', '/shows', '/shows/new', '/shows/new?from=csv', '/shows/new?from=copy'],
		...['/rehearse', `/shows/${live}/console`, `/shows/${live}/setup`, `/shows/${draft}/setup`],
		...[`/shows/${live}/presenter`, `/shows/${draft}/presenter`, `/shows/${live}/summary`],
		...[`/shows/${live}/buyers`, `/shows/${live}/buyers/slips`, `/shows/${live}/replay`],
		...['/buyers', `/buyers/${buyerRef('facebook:ana')}`, '/connections', '/audit'],
		...['/settings', '/settings/members', '/settings/account']
	]) {
		await page.goto(path);
		await page.waitForLoadState('networkidle');
	}
	expect(said).toEqual([]);
});
