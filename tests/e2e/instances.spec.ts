import { expect, test } from '@playwright/test';
import { findNginx } from '../../scripts/load/nginx.ts';
import { runLoad } from '../../scripts/load/run.ts';
import { openLoadStage } from '../../scripts/load/stage.ts';
import type { LoadStage } from '../../scripts/load/stage.ts';

/* Two web processes and two workers behind nginx (deploy/nginx/sellary.conf), without sticky sessions. */

const nginx = await findNginx();
test.skip(nginx === undefined, 'there is no nginx on this machine (apt-get install nginx-light)');

const SEED = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31) + 1);

test('consoles on both see the same sequence, though a web process and a worker are killed and replaced', async () => {
	test.setTimeout(180_000);
	const result = await runLoad(
		{
			comments: 1_000,
			seconds: 15,
			consoles: 20,
			shows: 2,
			instances: 2,
			workers: 2,
			cluster: false,
			nginx: true,
			kill: true,
			seed: SEED,
			json: false
		},
		() => undefined,
		new AbortController().signal
	);
	console.info(JSON.stringify(result));
	expect(result.violations).toEqual([]);
	expect(result.complete).toBe(20);
	// Those of the process that was killed went to the other one, and nobody else was disturbed.
	expect(result.reconnects).toBeGreaterThan(0);
	expect(result.resyncs).toBe(0);
});

test.describe('a session', () => {
	let stage: LoadStage;
	test.beforeAll(async () => {
		test.setTimeout(120_000);
		stage = await openLoadStage({ cluster: false, nginx: true, instances: 2, workers: 1 });
	});
	test.afterAll(() => stage.close());

	async function call(
		origin: string,
		path: string,
		options: { readonly input?: object; readonly cookie?: string } = {}
	): Promise<{ readonly status: number; readonly text: string; readonly cookie: string }> {
		const { input, cookie } = options;
		const answer = await fetch(`${origin}/api/trpc/${path}`, {
			method: input ? 'POST' : 'GET',
			headers: {
				origin: stage.origin,
				'content-type': 'application/json',
				...(cookie === undefined ? {} : { cookie })
			},
			...(input ? { body: JSON.stringify(input) } : {})
		});
		const [set = ''] = answer.headers.getSetCookie();
		return { status: answer.status, text: await answer.text(), cookie: set.split(';')[0] ?? '' };
	}

	test('that begins at one process is known to the other, and its end, too', async () => {
		const [one, other] = stage.webPorts.map((port) => `http://127.0.0.1:${port}`);
		if (one === undefined || other === undefined) throw new Error('there are two web processes');
		const person = { email: 'ann@example.com', password: 'correct horse' };
		await call(one, 'auth.register', { input: { ...person, name: 'Ann', workspaceName: 'Shop' } });
		const signedIn = await call(one, 'auth.signIn', { input: person });
		expect(signedIn.status).toBe(200);
		const { cookie } = signedIn;
		expect((await call(other, 'auth.me', { cookie })).text).toContain('ann@example.com');
		for (let turn = 0; turn < 4; turn++) {
			expect((await call(stage.origin, 'auth.me', { cookie })).text).toContain('ann@example.com');
		}
		await call(other, 'auth.signOut', { input: {}, cookie });
		expect((await call(one, 'auth.me', { cookie })).text).not.toContain('ann@example.com');
	});

	test('that is guessed at is slowed down by the client’s address, whatever the client claims', async () => {
		const person = { email: 'bob@example.com', password: 'correct horse' };
		await call(stage.origin, 'auth.register', {
			input: { ...person, name: 'Bob', workspaceName: 'Shop' }
		});
		const statuses: number[] = [];
		// Ten failures of an account from an address are let through.
		for (let guess = 0; guess < 15 && statuses.at(-1) !== 429; guess++) {
			const answer = await fetch(`${stage.origin}/api/trpc/auth.signIn`, {
				method: 'POST',
				headers: {
					origin: stage.origin,
					'content-type': 'application/json',
					'x-forwarded-for': `203.0.113.${guess}`
				},
				body: JSON.stringify({ email: person.email, password: 'wrong password' })
			});
			statuses.push(answer.status);
		}
		expect(statuses.at(-1)).toBe(429);
	});
});
