import { expect } from '@playwright/test';
import { randomUUID } from 'node:crypto';
import { connectAccounts } from '../../scripts/lib/meta-loopback.ts';
import { test } from './meta-fixtures.ts';

// What Meta's servers call, over HTTP against the production build.

test('the webhook address answers Meta’s handshake, and nobody else’s', async ({
	server,
	fakeMeta
}) => {
	const address = `${server.app.origin}/webhooks/meta`;
	const ask = (token: string) =>
		fetch(`${address}?hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=${token}`);
	const token = fakeMeta.env['META_VERIFY_TOKEN'] ?? '';
	const answer = await ask(token);
	expect(answer.status).toBe(200);
	expect(answer.headers.get('content-type')).toContain('text/plain');
	expect(await answer.text()).toBe('1158201444');
	expect((await ask('wrong')).status).toBe(403);
});

test('a delivery is taken only with its signature', async ({ server, fakeMeta }) => {
	const address = `${server.app.origin}/webhooks/meta`;
	await fakeMeta.subscribeApp({ callbackUrl: address });
	const body = '{"object":"page","entry":[]}';
	const send = (signature: string | null) =>
		fetch(address, {
			method: 'POST',
			headers: {
				'content-type': 'application/json',
				...(signature === null ? {} : { 'x-hub-signature-256': signature })
			},
			body
		});
	expect((await send(null)).status).toBe(401);
	expect((await send(`sha256=${'0'.repeat(64)}`)).status).toBe(401);
	const signed = await fakeMeta.admin('flood', { count: 20, signed: true });
	expect(Object.keys(signed.statuses)).toEqual(['200']);
	const forged = await fakeMeta.admin('flood', { count: 20 });
	expect(Object.keys(forged.statuses)).toEqual(['401']);
});

test('whoever takes access back at Meta, or asks for deletion, is heard', async ({
	server,
	fakeMeta,
	seller,
	page
}) => {
	seller.page('Harbour Finds');
	fakeMeta.knobs.set({ dialog: { mode: 'grant', as: seller.person.id } });
	const { workspaceId } = await server.account();
	const { context } = server;
	await connectAccounts(context, { sessionId: randomUUID(), workspaceId });
	const healths = async () =>
		(await context.meta?.store.list(workspaceId))?.map(({ health }) => health);
	expect(await healths()).toEqual(['ok']);

	const { origin } = server.app;
	await fakeMeta.admin('deauthorize', {
		of: seller.person.id,
		url: `${origin}/webhooks/meta/deauthorize`
	});
	expect(await healths()).toEqual(['needs_reauth']);

	const forged = await fetch(`${origin}/webhooks/meta/data-deletion`, {
		method: 'POST',
		body: new URLSearchParams({ signed_request: 'a.b' })
	});
	expect(forged.status).toBe(401);
	expect(await healths()).toEqual(['needs_reauth']);

	await fakeMeta.admin('requestDeletion', {
		of: seller.person.id,
		url: `${origin}/webhooks/meta/data-deletion`
	});
	expect(await healths()).toEqual([]);
	await page.goto('/data-deletion?code=abc123');
	await expect(page.getByRole('heading', { name: 'Your data was deleted' })).toBeVisible();
	await expect(page.getByText('abc123')).toBeVisible();
});

test('a form of another site is refused, with or without a cookie', async ({ server }) => {
	const { origin } = server.app;
	for (const cookie of [null, 'session=whatever']) {
		const answer = await fetch(`${origin}/sign-in`, {
			method: 'POST',
			redirect: 'manual',
			headers: { origin: 'https://evil.example', ...(cookie === null ? {} : { cookie }) },
			body: new URLSearchParams({ email: 'a@example.com', password: 'x' })
		});
		expect(answer.status).toBe(403);
	}
});
