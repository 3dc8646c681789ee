import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from './fixtures.ts';
import { openConsole, panel, signIn } from './pages.ts';
import { comingFrom, drip, openRaw, sessionOf, upgrade } from './raw-http.ts';

// The limits as they are set, from outside (docs/operations/limits.md). Each test comes from addresses of
// its own, as through a proxy that says so.

test.use({ serverEnv: { TRUSTED_PROXY_HEADER: 'x-forwarded-for' } });

/** How many answers had which status. */
function tally(statuses: readonly number[]): Record<number, number> {
	const counts: Record<number, number> = {};
	for (const status of statuses) counts[status] = (counts[status] ?? 0) + 1;
	return counts;
}

test('an operator who hammers the keyboard in a busy show meets no limit', async ({
	page,
	server
}) => {
	test.setTimeout(120_000);
	const account = await server.account();
	const items = Object.fromEntries(Array.from({ length: 40 }, (_, n) => [String(n + 1), 5]));
	const showId = await server.show(account, items);
	await signIn(page, account);
	const statuses: number[] = [];
	const calls: number[] = [];
	page.on('response', (response) => {
		const { pathname } = new URL(response.url());
		statuses.push(response.status());
		if (!pathname.startsWith('/api/trpc/')) return;
		for (const _ of pathname.split(',')) calls.push(performance.now());
	});
	await openConsole(page, showId);
	let busy = true;
	const crowd = (async () => {
		for (let n = 0; busy; n++) {
			await server.say(showId, `viewer_${n % 200}`, `sold ${(n % 40) + 1}`);
			await sleep(20);
		}
	})();
	// At least eight rounds, and as many as make forty calls: a slow page joins steps into one.
	for (let round = 0; round < 8 || calls.length < 40; round++) {
		for (const key of [']', 'n', ']', 'n', '[', 'n', 'u']) await page.keyboard.press(key);
		if (round % 4 > 0) continue;
		await page.keyboard.press('Control+k');
		const bar = page.getByRole('combobox', { name: 'Command' });
		await bar.pressSequentially('7 @viewer_1');
		await page.keyboard.press('Enter');
		// Once item 7 is sold out that is refused, and the bar stays, in which all further keys would end.
		await page.keyboard.press('Escape');
		await expect(bar).toHaveCount(0);
	}
	busy = false;
	await crowd;
	await expect(panel(page, 'Comments')).toContainText('viewer_');
	const perSecond = calls.map((at) => calls.filter((t) => t >= at && t < at + 1_000).length);
	test.info().annotations.push({
		type: 'calls',
		description: `${calls.length} in all, at most ${Math.max(...perSecond)} in a second`
	});
	expect(statuses).not.toContain(429);
	expect(statuses).not.toContain(503);
});

test('headers and bodies that drip in are cut off within seconds, while others are served', async ({
	server
}) => {
	const { origin } = server.app;
	const slowHeaders = await Promise.all(Array.from({ length: 100 }, () => openRaw(server)));
	const slowBodies = await Promise.all(Array.from({ length: 20 }, () => openRaw(server)));
	for (const { socket } of slowHeaders) socket.write(`GET / HTTP/1.1\r\nHost: localhost\r\n`);
	for (const { socket } of slowBodies) {
		socket.write(
			`POST /api/trpc/auth.signIn HTTP/1.1\r\nHost: ${new URL(origin).host}\r\nOrigin: ${origin}\r\n` +
				'X-Forwarded-For: 203.0.113.20\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n\r\n{'
		);
	}
	const dripping = Promise.all([
		...slowHeaders.map((connection) => drip(connection, 'X-A: b\r\n', 500)),
		...slowBodies.map((connection) => drip(connection, ' ', 500))
	]);
	for (let n = 0; n < 10; n++) {
		const answer = await fetch(`${origin}/sign-in`, { headers: comingFrom('203.0.113.21') });
		expect(answer.status).toBe(200);
	}
	const headerAnswers = await Promise.all(slowHeaders.map(({ answer }) => answer));
	expect(headerAnswers.every((answer) => answer.startsWith('HTTP/1.1 408'))).toBe(true);
	await Promise.all(slowBodies.map(({ begun }) => begun));
	for (const { socket } of slowBodies) socket.destroy();
	const bodyAnswers = await Promise.all(slowBodies.map(({ answer }) => answer));
	expect(bodyAnswers.every((answer) => answer.startsWith('HTTP/1.1 408'))).toBe(true);
	await dripping;
});

test('a body that is too large is refused, whether it says so, lies, or is a form', async ({
	server
}) => {
	const { origin } = server.app;
	const large = randomBytes(5_000_000).toString('hex');
	const headers = { ...comingFrom('203.0.113.30'), origin };
	const json = { ...headers, 'content-type': 'application/json' };
	const api = `${origin}/api/trpc/auth.signIn`;
	const said = await fetch(api, { method: 'POST', headers: json, body: `{"email":"${large}"}` });
	expect(said.status).toBe(413);
	expect(await said.text()).toContain('larger than 65536 bytes');

	const chunked = new ReadableStream({
		start(controller) {
			for (let at = 0; at < large.length; at += 100_000) {
				controller.enqueue(new TextEncoder().encode(large.slice(at, at + 100_000)));
			}
			controller.close();
		}
	});
	const init: RequestInit & { duplex: 'half' } = { body: chunked, duplex: 'half' };
	const unsaid = await fetch(api, { ...init, method: 'POST', headers: json });
	expect(unsaid.status).toBe(413);

	const form = await fetch(`${origin}/sign-in`, {
		method: 'POST',
		headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' },
		body: `email=${large}`
	});
	expect(form.status).toBe(413);
	expect((await fetch(`${origin}/health/live`)).status).toBe(200);
});

test('JSON thirty thousand deep, and ten thousand calls in one, are refused without harm', async ({
	server
}) => {
	const { origin } = server.app;
	const headers = {
		...comingFrom('203.0.113.40'),
		origin,
		'content-type': 'application/json'
	};
	const deep = '['.repeat(30_000) + ']'.repeat(30_000);
	for (const body of [deep, `{"email":${deep},"password":"x"}`, '{"__proto__":{"a":1}}', '{']) {
		const answer = await fetch(`${origin}/api/trpc/auth.signIn`, { method: 'POST', headers, body });
		expect(answer.status).toBe(400);
		expect(await answer.text()).not.toContain('stack');
	}
	const many = (count: number) =>
		`${origin}/api/trpc/${Array.from({ length: count }, () => 'auth.me').join(',')}?batch=1`;
	expect((await fetch(many(21), { headers })).status).toBe(400);
	expect((await fetch(many(10_000), { headers })).status).toBe(431);
	expect((await fetch(many(20), { headers })).status).toBe(200);
});

test('one tenant’s storm is refused with a time to come back, and takes nothing from another', async ({
	server
}) => {
	const { origin } = server.app;
	const [stormy, quiet] = await Promise.all([server.account(), server.account()]);
	const sessions = {
		stormy: await sessionOf(server, stormy),
		quiet: await sessionOf(server, quiet)
	};
	const list = (address: string, session: string) =>
		fetch(`${origin}/api/trpc/shows.list?input=%7B%7D`, { headers: comingFrom(address, session) });
	// From several addresses: the member's own limit must hold.
	const storm = Promise.all(
		Array.from({ length: 1_200 }, (_, n) => list(`203.0.113.${100 + (n % 20)}`, sessions.stormy))
	);
	const served: number[] = [];
	for (let n = 0; n < 100; n++) served.push((await list('203.0.113.50', sessions.quiet)).status);
	expect(tally(served)).toEqual({ 200: 100 });

	const answers = await storm;
	const refused = answers.filter(({ status }) => status === 429);
	expect(refused.length).toBeGreaterThan(300);
	expect(answers.filter(({ status }) => ![200, 429, 503].includes(status))).toEqual([]);
	expect(refused[0]?.headers.get('retry-after')).toBe('1');
	const body: unknown = await refused[0]?.json();
	expect(body).toMatchObject({
		error: {
			message: 'Too many requests. Nothing was changed; try again in a second.',
			data: { appCode: 'RATE_LIMITED', httpStatus: 429, details: { retryAfterSeconds: 1 } }
		}
	});
	await expect.poll(async () => (await list('203.0.113.51', sessions.stormy)).status).toBe(200);
});

test('whoever is refused sees in the console what happened and what to do', async ({
	page,
	server
}) => {
	const { origin } = server.app;
	const account = await server.account();
	const showId = await server.show(account, { '12': 1 });
	const session = await sessionOf(server, account);
	await signIn(page, account);
	await openConsole(page, showId);
	const twenty = Array.from({ length: 20 }, () => 'items.add').join(',');
	let storming = true;
	const storm = (async () => {
		while (storming) {
			await fetch(`${origin}/api/trpc/${twenty}?batch=1`, {
				method: 'POST',
				headers: {
					...comingFrom('203.0.113.57', session),
					origin,
					'content-type': 'application/json'
				},
				body: JSON.stringify(Object.fromEntries(Array.from({ length: 20 }, (_, n) => [n, {}])))
			});
		}
	})();
	const refusal = page.getByText('Too many requests. Nothing was changed; try again in a second.');
	await expect(async () => {
		await page.getByRole('button', { name: 'One unit more of item 12' }).click({ timeout: 5_000 });
		await expect(refusal.first()).toBeVisible({ timeout: 2_000 });
	}).toPass();
	storming = false;
	await storm;
	// The live connection never noticed.
	await server.say(showId, 'ana', 'sold 12');
	await expect(panel(page, 'Claims')).toContainText('ana');
});

test('the calls of a batch count one by one, and changes by their own measure', async ({
	server
}) => {
	const { origin } = server.app;
	const [stormy, quiet] = await Promise.all([server.account(), server.account()]);
	const sessions = {
		stormy: await sessionOf(server, stormy),
		quiet: await sessionOf(server, quiet)
	};
	const twenty = Array.from({ length: 20 }, () => 'items.add').join(',');
	/** Twenty changes that are refused for what they say, if they are not for their number. */
	const change = async (address: string, session: string): Promise<string[]> => {
		const answer = await fetch(`${origin}/api/trpc/${twenty}?batch=1`, {
			method: 'POST',
			headers: { ...comingFrom(address, session), origin, 'content-type': 'application/json' },
			body: JSON.stringify(Object.fromEntries(Array.from({ length: 20 }, (_, n) => [n, {}])))
		});
		const text = await answer.text();
		return [...text.matchAll(/"appCode":"([A-Z_]+)"/g)].map(([, code = '']) => code);
	};
	const codes: string[] = [];
	for (let n = 0; n < 40; n++) codes.push(...(await change('203.0.113.55', sessions.stormy)));
	const limited = codes.filter((code) => code === 'RATE_LIMITED').length;
	expect(codes).toHaveLength(800);
	expect(limited).toBeGreaterThan(100);
	expect(800 - limited).toBeGreaterThanOrEqual(150);
	expect(new Set(await change('203.0.113.56', sessions.quiet))).toEqual(new Set(['INVALID_INPUT']));
});

test('of a list of addresses only the proxy’s own word counts', async ({ server }) => {
	const { origin } = server.app;
	const ask = async (forwarded: string, path = '/api/trpc/auth.me') => {
		const headers = { ...comingFrom(forwarded), accept: 'text/html' };
		const answer = await fetch(`${origin}${path}`, { headers });
		const retryAfter = answer.headers.get('retry-after');
		// What is not read keeps its place among those in flight.
		return { status: answer.status, retryAfter, text: await answer.text() };
	};
	// Somebody who invents another address each time is still the one whom the proxy names. At once: one after
	// the other, a starved machine asks no faster than it may.
	const answers = await Promise.all(
		Array.from({ length: 400 }, (_, n) => ask(`10.${n % 250}.0.1, 2001:db8::${n}, 203.0.113.60`))
	);
	expect(tally(answers.map(({ status }) => status))[429]).toBeGreaterThan(20);
	expect((await ask('203.0.113.60, 203.0.113.61')).status).toBe(200);
	await expect(async () => {
		const pages = await Promise.all(
			Array.from({ length: 250 }, () => ask('1.2.3.4, 203.0.113.60', '/sign-in'))
		);
		const page = pages.find(({ status }) => status === 429);
		expect(page?.retryAfter).toBe('1');
		expect(page?.text).toContain('Too many requests.');
	}).toPass();
});

test('five hundred sockets from one address: as many as it may have, and others as ever', async ({
	server
}) => {
	const accounts = await Promise.all(Array.from({ length: 5 }, () => server.account()));
	const sessions: string[] = [];
	for (const account of accounts) sessions.push(await sessionOf(server, account));
	const attempts = await Promise.all(
		Array.from({ length: 500 }, (_, n) => upgrade(server, '203.0.113.70', sessions[n % 5] ?? ''))
	);
	const statuses = tally(attempts.map(({ status }) => status));
	expect(statuses[101]).toBeLessThanOrEqual(200);
	expect(statuses[101]).toBeGreaterThan(100);
	expect((statuses[101] ?? 0) + (statuses[429] ?? 0) + (statuses[503] ?? 0)).toBe(500);
	const refused = attempts.find(({ status }) => status === 429);
	expect(Number(refused?.retryAfter)).toBeGreaterThan(0);

	const elsewhere = await upgrade(server, '203.0.113.71', sessions[0] ?? '');
	expect(elsewhere.status).toBe(101);
	for (const { socket } of [...attempts, elsewhere]) socket.terminate();
	await expect
		.poll(async () => {
			const again = await upgrade(server, '203.0.113.70', sessions[1] ?? '');
			again.socket.terminate();
			return again.status;
		})
		.toBe(101);
});

test('a socket that is spammed with subscriptions or pings is cut; its neighbour is not', async ({
	server
}) => {
	const account = await server.account();
	const showId = await server.show(account);
	const session = await sessionOf(server, account);
	const neighbour = await upgrade(server, '203.0.113.80', session);
	const subscribe = (id: number) =>
		JSON.stringify({
			id,
			method: 'subscription',
			params: { path: 'live.show', input: { showId } }
		});
	for (const spam of [(n: number) => subscribe(n), () => 'PING', () => '{"half']) {
		const { socket, status } = await upgrade(server, '203.0.113.80', session);
		expect(status).toBe(101);
		const cut = once(socket, 'close');
		for (let n = 1; n <= 500; n++) socket.send(spam(n));
		const [code]: unknown[] = await cut;
		expect(code).toBe(1006);
	}
	const { socket } = await upgrade(server, '203.0.113.80', session);
	const cut = once(socket, 'close');
	for (let n = 0; n < 500; n++) socket.ping();
	await cut;

	const answered = once(neighbour.socket, 'message');
	neighbour.socket.send(subscribe(1));
	expect(String(await answered)).toContain('"started"');
	neighbour.socket.terminate();
});

test('whoever signs wrongly is soon refused unread, and Meta is not for it', async ({ server }) => {
	const deliver = (address: string) =>
		fetch(`${server.app.origin}/webhooks/meta/deauthorize`, {
			method: 'POST',
			headers: { ...comingFrom(address), 'content-type': 'application/x-www-form-urlencoded' },
			body: 'signed_request=a.b'
		});
	const statuses: number[] = [];
	for (let n = 0; n < 40; n++) statuses.push((await deliver('203.0.113.90')).status);
	expect(tally(statuses)).toEqual({ 401: 30, 429: 10 });
	expect((await deliver('203.0.113.91')).status).toBe(401);
});
