import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Member } from '../../src/lib/server/auth/member.ts';
import { createCaller } from '../../src/lib/server/trpc/caller.ts';
import type { Api } from '../../src/lib/server/trpc/caller.ts';
import { findAppError } from '../../src/lib/server/trpc/errors.ts';
import { MAX_SHOW_ITEMS } from '../../src/lib/server/trpc/input.ts';
import { MAX_OPEN_SHOWS } from '../../src/lib/server/trpc/new-show.ts';
import { createTestContext } from './harness.ts';
import type { TestContext } from './harness.ts';

// Every show that is not over is in Redis, and whoever opens one gets all its items: without bounds one member
// could fill the one and stop the processes of all.

let app: TestContext;
let member: Member;
let api: Api;

beforeAll(async () => {
	app = await createTestContext();
	member = await app.auth.register(
		{ email: 'ana@example.com', password: 'correct horse', name: 'Ana', workspaceName: 'Ana' },
		{ address: '198.51.100.1' }
	);
	api = createCaller(app, member);
});
afterAll(() => app.close());

async function refusalOf(call: Promise<unknown>): Promise<string | null> {
	return await call.then(
		() => null,
		(error: unknown) => findAppError(error)?.code ?? 'INTERNAL'
	);
}

const item = (number: number) => ({ number: String(number), title: `Item ${number}`, quantity: 1 });

test('a show holds so many items and no more; who takes one away can add another', async () => {
	const { showId } = await api.shows.create({ name: 'Full' });
	for (let first = 1; first <= MAX_SHOW_ITEMS; first += 500) {
		const items = Array.from({ length: 500 }, (_, n) => item(first + n));
		await api.items.addMany({ showId, items });
	}
	const more = { showId, ...item(MAX_SHOW_ITEMS + 1) };
	expect(await refusalOf(api.items.add(more))).toBe('TOO_MANY_ITEMS');
	expect(await refusalOf(api.items.addMany({ showId, items: [more] }))).toBe('TOO_MANY_ITEMS');
	expect(await api.items.list({ showId })).toHaveLength(MAX_SHOW_ITEMS);
	// What is there already is still told apart.
	expect(await refusalOf(api.items.add({ showId, ...item(1) }))).toBe('ITEM_EXISTS');
	await api.items.remove({ showId, number: '1' });
	expect(await refusalOf(api.items.add(more))).toBeNull();
}, 120_000);

test('an uploaded recording has no more items than that, in its first line and in those after it', async () => {
	const header = (items: number) =>
		JSON.stringify({
			type: 'show',
			name: 'Large',
			claimWord: 'sold',
			passWord: 'pass',
			items: Array.from({ length: items }, (_, n) => item(n + 1))
		});
	const later = JSON.stringify({ type: 'item', at: 1, ...item(MAX_SHOW_ITEMS + 1) });
	for (const text of [header(MAX_SHOW_ITEMS + 1), `${header(MAX_SHOW_ITEMS)}\n${later}`]) {
		const start = api.rehearsals.start({ source: { kind: 'uploaded', text } });
		expect(await refusalOf(start)).toBe('TOO_MANY_ITEMS');
	}
}, 60_000);

test('a workspace has so many shows that are not over; ended ones don’t count', async () => {
	const { id: workspace_id } = member.workspace;
	const there = await app.db
		.selectFrom('shows')
		.where('workspace_id', '=', workspace_id)
		.where('status', '<>', 'ended')
		.select('id')
		.execute();
	await app.db
		.insertInto('shows')
		.values(
			Array.from({ length: MAX_OPEN_SHOWS - there.length }, (_, n) => ({
				...{ id: randomUUID(), workspace_id, name: `Draft ${n}`, epoch: randomUUID() },
				...{ claim_word: 'sold', pass_word: 'pass', is_rehearsal: n % 2 === 0 }
			}))
		)
		.execute();
	const [showId = ''] = (await api.shows.list({ limit: 1 })).shows.map(({ id }) => id);
	for (const call of [
		() => api.shows.create({ name: 'One more' }),
		() => api.shows.duplicate({ showId }),
		() => api.rehearsals.start({ source: { kind: 'bundled' } })
	]) {
		expect(await refusalOf(call())).toBe('TOO_MANY_SHOWS');
	}
	await app.db.updateTable('shows').set({ status: 'ended' }).where('id', '=', showId).execute();
	expect(await refusalOf(api.shows.create({ name: 'One more' }))).toBeNull();
}, 60_000);
