import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { buyerRef } from '../../src/lib/domain/buyer-ref.ts';
import { expect, test } from './fixtures.ts';
import { openConsole, panel, signIn } from './pages.ts';

const WCAG_22_AA = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

/** Names of the rules that the page breaks, with the first place of each. */
async function violations(page: Page): Promise<string[]> {
	const { violations: found } = await new AxeBuilder({ page }).withTags(WCAG_22_AA).analyze();
	return found.map((rule) => `${rule.id}: ${rule.nodes[0]?.html ?? ''}`);
}

for (const colorScheme of ['light', 'dark'] as const) {
	test.describe(`WCAG 2.2 AA, ${colorScheme}`, () => {
		test.use({ colorScheme, reducedMotion: 'reduce' });

		for (const path of ['/', '/sign-in', '/register']) {
			test(`signed out: ${path}`, async ({ page }) => {
				await page.goto(path);
				expect(await violations(page)).toEqual([]);
			});
		}

		test('the last resort, which needs no script', async ({ page }) => {
			// Refused before any page is made.
			const refused = await page.request.post('/sign-in', {
				headers: { origin: 'https://elsewhere.example', cookie: 'a=b', accept: 'text/html' }
			});
			expect(refused.status()).toBe(403);
			const html = await refused.text();
			expect(html).not.toContain('<script');
			await page.setViewportSize({ width: 390, height: 740 });
			await page.setContent(html);
			await expect(page.getByRole('heading', { name: 'This page can’t be shown' })).toBeVisible();
			await expect(page.getByText('came from another site')).toBeVisible();
			await expect(page.getByRole('link', { name: 'Try again' })).toBeVisible();
			expect(await violations(page)).toEqual([]);
		});

		test('signed in: every page', async ({ page, server }) => {
			test.slow();
			const account = await server.account();
			const showId = await server.show(account, { '7': 3, '8': 1, '12': 1 });
			await server.say(showId, 'ana', 'sold 12');
			await server.say(showId, 'ben', 'sold 12');
			await server.say(showId, 'cid', 'is 7 warm?');
			await server.say(showId, 'dan', 'sold 99');
			await signIn(page, account);
			for (const path of [
				...['/', '/shows', '/shows/new', '/rehearse', `/shows/${showId}/setup`],
				...['/connections', '/buyers', `/buyers/${buyerRef('facebook:ana')}`, '/audit'],
				...['/settings', '/settings/members', '/settings/account'],
				...[`/shows/${showId}/summary`, `/shows/${showId}/buyers`, `/shows/${showId}/replay`]
			]) {
				await page.goto(path);
				expect(await violations(page), path).toEqual([]);
			}
			await page.goto(`/shows/${showId}/presenter`);
			expect(await violations(page), 'presenter').toEqual([]);
			await openConsole(page, showId);
			await expect(panel(page, 'Claims')).toContainText('ben');
			expect(await violations(page), 'console').toEqual([]);
			await page.keyboard.press('?');
			expect(await violations(page), 'shortcuts').toEqual([]);
		});
	});
}
