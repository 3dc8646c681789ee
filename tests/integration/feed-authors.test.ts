import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Member } from '../../src/lib/server/auth/member.ts';
import { PLAIN_CSV } from '../../src/lib/server/exports/csv-style.ts';
import { exportText } from '../../src/lib/server/exports/export-file.ts';
import type { ExportFile } from '../../src/lib/server/exports/export-file.ts';
import { exportSource } from '../../src/lib/server/exports/source.ts';
import { WorkspaceScope } from '../../src/lib/server/history/queries/scope.ts';
import type { Api } from '../../src/lib/server/trpc/caller.ts';
import { readCsv } from './exports-model.ts';
import { createTestContext } from './harness.ts';
import type { TestContext } from './harness.ts';
import { createPeople } from './people.ts';
import type { People } from './people.ts';

let app: TestContext;
let people: People;
let owner: Member;
let api: Api;

beforeAll(async () => {
	app = await createTestContext();
	people = createPeople(app);
	owner = await people.owner('Sam');
	api = people.api(owner);
});
afterAll(() => app.close());

async function activeShow(): Promise<string> {
	const { showId } = await api.shows.create({
		name: 'Friday sale',
		items: [{ number: '12', title: 'Linen dress', quantity: 2 }]
	});
	await api.shows.activate({ showId });
	return showId;
}

async function rowsOf(showId: string, file: ExportFile) {
	const show = await new WorkspaceScope(app.db, owner.workspace.id).show(showId);
	let text = '';
	const source = await exportSource(app.db, show, 'UTC');
	for await (const piece of exportText(file, source, PLAIN_CSV)) text += piece;
	return readCsv(text);
}

test('the feed’s lines from Postgres are those that consoles saw, with why a comment did not count', async () => {
	const showId = await activeShow();
	await app.say(showId, 'ana', 'sold 12');
	await app.say(showId, 'ben', 'sold 12');
	await app.say(showId, 'cid', 'sold 12');
	await app.say(showId, 'page-1', 'sold 12', { fromPage: true });
	await app.say(showId, 'x', 'sold 12', { userId: null, userHandle: '' });
	await app.say(showId, 'ana', 'sold 12');
	await app.say(showId, 'dan', 'sold 99');
	await api.claims.release({ showId, item: '12', buyerKey: 'facebook:ana' });
	await api.shows.pause({ showId });
	await app.say(showId, 'eve', 'sold 12');
	await app.say(showId, 'page-1', 'sold 12', { fromPage: true });
	await app.settle(showId);

	const { feed } = await app.live.snapshot(showId);
	const { lines } = await api.claims.feed({ showId });
	expect(lines).toEqual(feed.toReversed());
	const reasons = lines
		.filter(({ kind }) => kind === 'not_counted')
		.map(({ buyer, noClaim }) => [buyer.handle, noClaim]);
	expect(reasons).toEqual([
		['@page-1', 'own_page'],
		['@eve', null],
		['', 'author_unknown'],
		['@page-1', 'own_page']
	]);
});

test('somebody without a handle is called the same in the console, the lists and the files', async () => {
	const showId = await activeShow();
	const userId = '24061987000482913';
	const called = 'Viewer …482913';
	await app.say(showId, userId, 'sold 12', { userHandle: '' });
	await app.say(showId, '7', 'sold 12', { userHandle: ' ', userDisplayName: 'Ana Ruiz' });
	await api.shows.end({ showId });
	await app.settle(showId);

	const { items, comments, feed } = await app.live.snapshot(showId);
	expect(items[0]?.winners.map(({ buyer }) => buyer.handle)).toEqual([called, 'Ana Ruiz']);
	expect(comments.map(({ handle }) => handle)).toEqual([called, 'Ana Ruiz']);
	expect(feed.map(({ buyer }) => buyer.handle)).toEqual([called, 'Ana Ruiz']);
	const { buyers } = await api.buyers.list({ showId });
	expect(buyers.map(({ handle }) => handle).toSorted()).toEqual(['Ana Ruiz', called]);
	const person = await api.buyers.get({ buyerKey: `facebook:${userId}` });
	expect(person.identities[0]?.handle).toBe(called);
	const { slips } = await api.buyers.slips({ showId });
	expect(slips.map(({ handle }) => handle)).toEqual(['Ana Ruiz', called]);
	for (const file of ['claims.csv', 'buyers.csv', 'comments.csv'] as const) {
		const [columns = [], ...rows] = await rowsOf(showId, file);
		const column = columns.indexOf('user_handle');
		expect(
			rows.map((row) => row[column]),
			file
		).toEqual([called, 'Ana Ruiz']);
	}
	// Found by what it is called.
	expect((await api.buyers.list({ showId, search: '482913' })).buyers).toHaveLength(1);
	expect(feed.map((line) => line.noClaim)).toEqual([null, null]);
});
