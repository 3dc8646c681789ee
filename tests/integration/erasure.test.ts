import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ERASED_BUYER, isErasedBuyer } from '../../src/lib/domain/removal.ts';
import type { ShowEvent } from '../../src/lib/domain/events.ts';
import type { Member } from '../../src/lib/server/auth/member.ts';
import { AppError } from '../../src/lib/server/errors.ts';
import { readBlockList } from '../../src/lib/server/history/block-list.ts';
import { showDigests } from '../../src/lib/server/history/digest.ts';
import { BuyerErasure } from '../../src/lib/server/history/redaction/erase-buyer.ts';
import { retireShow } from '../../src/lib/server/history/retire-show.ts';
import { showKey } from '../../src/lib/server/redis/keys.ts';
import { findAppError } from '../../src/lib/server/trpc/errors.ts';
import { createTestContext } from './harness.ts';
import type { TestContext } from './harness.ts';
import { createPeople, refusalOf } from './people.ts';
import type { People } from './people.ts';
import {
	everythingStored,
	logOf,
	marksOf,
	placesOf,
	toldOf,
	userIdOn,
	write
} from './personal-data.ts';
import { expectAgreement, liveState, until } from './probes.ts';
import { keysLike } from './redis-nodes.ts';

let app: TestContext;
let people: People;
let owner: Member;
let api: ReturnType<People['api']>;
let owners = 0;
/** Whoever asks to be erased, and somebody whose every mark begins with theirs. */
let anna: string;
let other: string;

beforeAll(async () => {
	app = await createTestContext();
	people = createPeople(app);
});
afterAll(() => app.close());

beforeEach(async () => {
	owner = await people.owner(`Kay${++owners}`);
	api = people.api(owner);
	anna = `Anna${randomBytes(3).toString('hex')}`;
	other = `Berta${randomBytes(3).toString('hex')}`;
});

const keyOf = (person: string, platform = 'facebook'): string =>
	`${platform}:${userIdOn(platform, person)}`;

/** A show in which Anna wins, waits, passes, is refused, talks, and gets a unit by hand; Berta too. */
async function sale(ended = true): Promise<string> {
	const { showId } = await api.shows.create({
		name: 'Sale',
		items: ['12', '7', '8', '9'].map((number) => ({
			number,
			title: `Thing ${number}`,
			quantity: 1
		}))
	});
	await api.shows.activate({ showId });
	const say = (person: string, text: string, platform = 'facebook') =>
		write(app, showId, { person, text, platform });
	await say(anna, 'sold 12');
	await say(other, 'sold 12');
	await say(anna, 'sold 12');
	await say(anna, 'pass 12');
	await say(other, 'sold 7');
	await say(anna, 'sold 7', 'instagram');
	await say(anna, 'sold 7');
	await say(anna, 'sold 99');
	await say(anna, 'lovely', 'instagram');
	await say(`${anna}2`, 'sold 9');
	const { handle } = marksOf(anna);
	await api.claims.award({ showId, item: '8', buyer: { handle } });
	const reassign = { item: '9', buyerKey: keyOf(`${anna}2`) };
	const { epoch, seq } = await api.claims.reassign({
		showId,
		from: reassign,
		to: { platform: 'facebook', userId: marksOf(anna).userId, handle }
	});
	await api.claims.undo({ showId, epoch, seq });
	await api.claims.release({ showId, item: '7', buyerKey: keyOf(other) });
	if (ended) await api.shows.end({ showId });
	await app.settle(showId);
	return showId;
}

/** What a workspace has noted about Anna, under three names. */
async function noteAll(): Promise<void> {
	const manual = `manual:${marksOf(anna).handle.toLowerCase()}`;
	await api.buyers.link({ buyerKey: keyOf(anna), otherKey: keyOf(anna, 'instagram') });
	await api.buyers.link({ buyerKey: keyOf(other), otherKey: keyOf(`${anna}2`) });
	await api.buyers.unlink({ buyerKey: keyOf(`${anna}2`) });
	await api.buyers.link({ buyerKey: keyOf(anna), otherKey: manual });
	await api.buyers.setNote({ buyerKey: manual, note: `note on ${anna}`, was: '' });
	await api.buyers.setTag({ buyerKey: keyOf(anna), tag: `tag-${anna}`, present: true });
	await api.buyers.setTag({ buyerKey: keyOf(other), tag: `tag-${other}`, present: true });
	await api.buyers.setBlocked({ buyerKey: keyOf(anna), blocked: true });
	await api.buyers.setBlocked({ buyerKey: keyOf(other), blocked: true });
}

/** Everything that could name Anna, and nobody else: `<anna>2` begins as she does. */
const marksOfAnna = (): string[] => [
	...[
		`uid${anna}4711`,
		`${anna}.hndl`,
		`Full ${anna} Name`,
		`words-of-${anna}"`,
		`words-of-${anna}\\`
	],
	...[`cid-${anna}-`, `note on ${anna}`, `tag-${anna}`]
];

const placesOfAnna = (): Promise<string[]> => placesOf(app, marksOfAnna());

const erase = (buyerKey = keyOf(anna), name = marksOf(anna).handle) =>
	api.buyers.erase({ buyerKey, name });

/** Anna's three accounts. */
const accounts = (): string[] => [
	keyOf(anna),
	keyOf(anna, 'instagram'),
	`manual:${marksOf(anna).handle.toLowerCase()}`
];

const isOfAnna = (event: ShowEvent): boolean =>
	event.type === 'comment.received' &&
	accounts().includes(`${event.data.platform}:${event.data.userId}`);

/** The account that an event is about. */
function accountIn(event: ShowEvent | undefined): string {
	if (event?.type === 'comment.received') return `${event.data.platform}:${event.data.userId}`;
	return event && 'buyer' in event.data ? event.data.buyer.key : '';
}

/** Who stands for each account, as the log after tells. One account, one name, in all shows. */
function pseudonymsIn(
	before: readonly ShowEvent[],
	after: readonly ShowEvent[]
): Map<string, string> {
	const names = new Map<string, string>();
	before.forEach((was, index) => {
		const [key, newKey] = [accountIn(was), accountIn(after[index])];
		if (!accounts().includes(key)) return;
		expect(isErasedBuyer(newKey)).toBe(true);
		expect(newKey.split(':')[0]).toBe(key.split(':')[0]);
		expect(names.get(key) ?? newKey).toBe(newKey);
		names.set(key, newKey);
	});
	expect([...names.keys()].toSorted()).toEqual(accounts().toSorted());
	expect(new Set(names.values()).size).toBe(3);
	return names;
}

type Changes = ReadonlyMap<string, string | null>;
const NONE: Changes = new Map();

/** What must have become of each text of a show, by the text as it was. */
function changesOf(before: readonly ShowEvent[], names: ReadonlyMap<string, string>): Changes {
	const { handle, name } = marksOf(anna);
	const changes = new Map<string, string | null>([
		[handle, ERASED_BUYER],
		[name, null]
	]);
	const bare = (key: string): string => key.slice(key.indexOf(':') + 1);
	for (const [key, newKey] of names) changes.set(key, newKey).set(bare(key), bare(newKey));
	for (const event of before) {
		if (event.type !== 'comment.received' || !isOfAnna(event)) continue;
		const { platform, commentId, text } = event.data;
		const newId = `removed-${event.seq}`;
		changes.set(commentId, newId).set(`${platform}:${commentId}`, `${platform}:${newId}`);
		changes.set(text, '');
	}
	return changes;
}

/** The value with these texts changed where they stand alone, and without the marks of removed comments. */
function changed(value: unknown, changes: Changes): unknown {
	if (typeof value === 'string') return changes.has(value) ? changes.get(value) : value;
	if (Array.isArray(value)) return value.map((part) => changed(part, changes));
	if (typeof value !== 'object' || value === null) return value;
	return Object.fromEntries(
		Object.entries(value)
			.filter(([key]) => key !== 'removed')
			.map(([key, part]) => [key, changed(part, changes)])
	);
}

const inOrder = (list: readonly unknown[]) => list.map((entry) => JSON.stringify(entry)).toSorted();

describe('a person of ended shows', () => {
	test('is gone from everything that is stored, and no figure has changed', async () => {
		const [first, second] = [await sale(), await sale()];
		await noteAll();
		const shows = [first, second];
		const member = owner;
		const before = await Promise.all(shows.map((showId) => logOf(app, showId)));
		const told = [];
		for (const showId of shows) told.push(await toldOf(app, people, { member, showId }));
		expect(await placesOfAnna()).not.toEqual([]);
		expect(await api.buyers.erasurePreview({ buyerKey: keyOf(anna) })).toMatchObject({
			...{
				name: marksOf(anna).handle,
				shows: 2,
				running: [],
				blocked: true,
				hasNote: true,
				tags: 1
			},
			claims: before
				.flat()
				.filter(
					(event) => event.type === 'claim.created' && accounts().includes(event.data.buyer.key)
				).length,
			comments: before.flat().filter(isOfAnna).length
		});

		const { buyerKey } = await erase();
		expect(isErasedBuyer(buyerKey)).toBe(true);
		expect(await placesOfAnna()).toEqual([]);
		for (const showId of shows) {
			expect(await app.redis.exists(showKey(showId, 'meta'))).toBe(0);
			await app.live.snapshot(showId);
			expectAgreement(await app.settle(showId));
			expect(await api.replay.digest({ showId })).toMatchObject({ equal: true });
		}
		expect(await placesOfAnna()).toEqual([]);

		const after = await Promise.all(shows.map((showId) => logOf(app, showId)));
		const names = pseudonymsIn(before.flat(), after.flat());
		expect(names.get(keyOf(anna))).toBe(buyerKey);
		for (const [index, showId] of shows.entries()) {
			const log = before[index] ?? [];
			const changes = changesOf(log, names);
			expect(changed(after[index], NONE)).toEqual(changed(log, changes));
			const marked = (after[index] ?? []).filter(
				(event) => event.type === 'comment.received' && event.data.removed === 'erasure'
			);
			expect(marked.map(({ seq }) => seq)).toEqual(log.filter(isOfAnna).map(({ seq }) => seq));
			const { files, slips, directory, buyers, ...rest } = await toldOf(app, people, {
				member,
				showId
			});
			const then = told[index];
			if (!then) throw new Error('the show was not looked at before');
			const {
				files: filesThen,
				slips: slipsThen,
				directory: directoryThen,
				buyers: buyersThen,
				...restThen
			} = then;
			expect(changed(rest, NONE)).toEqual(changed(restThen, changes));
			for (const [file, text] of Object.entries(filesThen)) {
				expect(files[file]?.split(/\r?\n/)).toHaveLength(text.split(/\r?\n/).length);
			}
			const units = (list: typeof slips) => list.map((slip) => slip.units).toSorted();
			expect(units(slips)).toEqual(units(slipsThen));
			const figures = (list: typeof buyers) =>
				list.map(({ won, waiting, released, platforms }) => ({
					won,
					waiting,
					released,
					platforms
				}));
			expect(figures(buyers)).toEqual(figures(buyersThen));
			// One person before, one person after, over all shows.
			const totals = (list: typeof directory) =>
				inOrder(
					list.map(({ won, waiting, released, shows: met }) => ({ won, waiting, released, met }))
				);
			expect(totals(directory)).toEqual(totals(directoryThen));
		}
	});

	test('lets a show go, too, that was taken out of use and that nobody has rebuilt', async () => {
		const showId = await sale();
		const { epoch } = await liveState(app, showId);
		await retireShow(app.redis, app.scripts, showId, epoch);
		await erase();
		const left = await keysLike(app.redis, `*${showId}}:*`);
		expect(left.filter((key) => !key.includes(':action:'))).toEqual([]);
		const { events, postgres } = await showDigests(app.db, app.redis, app.scripts, showId);
		expect(events).toBe(postgres);
	});

	test('leaves others as they were, in this workspace and in others', async () => {
		await sale();
		await noteAll();
		const [theirs, theirApi] = [owner, api];
		// The same person, met by somebody else.
		owner = await people.owner(`Kay${++owners}`);
		api = people.api(owner);
		const mine = await sale();
		await noteAll();
		const rows = async () =>
			[...(await everythingStored(app))].filter(
				([place, text]) => / \d+$/.test(place) && text.includes(other)
			).length;
		const berta = await rows();
		const stranger = await theirApi.buyers.get({ buyerKey: keyOf(anna) });
		await erase();
		expect(await theirApi.buyers.get({ buyerKey: keyOf(anna) })).toEqual(stranger);
		expect(await refusalOf(api.buyers.get({ buyerKey: keyOf(anna) }))).toBe('BUYER_NOT_FOUND');
		expect(await rows()).toBe(berta);
		expect(await api.buyers.get({ buyerKey: keyOf(`${anna}2`) })).toMatchObject({
			identities: [{ handle: `${anna}2.hndl`, displayName: `Full ${anna}2 Name` }]
		});
		expect(await api.buyers.get({ buyerKey: keyOf(other) })).toMatchObject({ blocked: true });
		const { buyerKeys } = await readBlockList(app.db, owner.workspace.id);
		expect(buyerKeys.toSorted()).toEqual(
			[keyOf(other), keyOf(`${anna}2`)].filter((key) => buyerKeys.includes(key)).toSorted()
		);
		expect(buyerKeys).toContain(keyOf(other));
		expect((await readBlockList(app.db, theirs.workspace.id)).buyerKeys).toContain(keyOf(anna));
		// Berta's words stand as she wrote them.
		const said = (await api.comments.list({ showId: mine, search: `words-of-${other}` })).comments;
		expect(said.length).toBeGreaterThan(0);
	});

	test('leaves entries in the audit log that name nobody, and one that tells counts alone', async () => {
		const showId = await sale();
		await noteAll();
		const list = async () => (await api.audit.list({ limit: 100 })).entries;
		const before = await list();
		const { buyerKey } = await erase();
		const [erased, ...rest] = await list();
		expect(erased).toMatchObject({
			code: 'buyer.erased',
			target: 'Buyer',
			buyer: null,
			show: null
		});
		expect(erased?.changes.map(({ what }) => what).toSorted()).toEqual([
			'Claims',
			'Comments',
			'Identities',
			'Shows'
		]);
		const facts = (entries: typeof before) =>
			entries.map(({ entry, at, actor, code, show }) => ({ entry, at, actor, code, show }));
		expect(facts(rest)).toEqual(facts(before));
		expect(rest.filter(({ target }) => target === ERASED_BUYER).length).toBeGreaterThan(3);
		expect(JSON.stringify(rest)).toContain(buyerKey);
		// What Berta was tagged with, and to whom she was linked, is still told.
		expect(JSON.stringify(rest)).toContain(`tag-${other}`.toLowerCase());
		expect(JSON.stringify(rest)).toContain(`${keyOf(other)} + ${keyOf(`${anna}2`)}`);
		expect(rest.filter(({ show }) => show?.id === showId).length).toBeGreaterThan(3);
	});

	test('can’t bring a show back to life; who watches it sees the pseudonym', async () => {
		const showId = await sale();
		await noteAll();
		const ending = new AbortController();
		const batches: string[] = [];
		const watching = (async () => {
			const options = { resumeFrom: null, signal: ending.signal };
			for await (const batch of app.live.subscribe(showId, options))
				batches.push(JSON.stringify(batch));
		})();
		watching.catch(() => undefined);
		await until('the console has the show', () => batches.length > 0);
		expect(batches.at(-1)).toContain(marksOf(anna).userId);
		await erase();
		await until('the console has the show without her', () => {
			const shown = batches.at(-1) ?? '';
			return shown.includes(ERASED_BUYER) && !shown.includes(marksOf(anna).userId);
		});
		ending.abort();
		await Promise.allSettled([watching]);
		expect(await refusalOf(api.shows.reopen({ showId }))).toBe('UNDO_NOT_POSSIBLE');
		expectAgreement(await app.settle(showId));
	});

	test('is explained as one who is gone', async () => {
		const showId = await sale();
		const { buyerKey } = await erase();
		const { claims } = await api.claims.list({ showId, buyerKey });
		for (const { claimId } of claims) {
			const why = JSON.stringify(await api.replay.why({ showId, claimId }));
			expect(why).toContain(ERASED_BUYER);
		}
		const texts = await Promise.all(
			claims.map(async ({ claimId }) => JSON.stringify(await api.replay.why({ showId, claimId })))
		);
		expect(texts.join()).toContain('wrote a comment (erased on request)');
	});
});

describe('who only commented, or only stands in a draft', () => {
	test('is erased as well', async () => {
		const { showId } = await api.shows.create({ name: 'Talk' });
		await api.shows.activate({ showId });
		await write(app, showId, { person: anna, text: 'hello' });
		await api.shows.end({ showId });
		await app.settle(showId);
		await erase();
		expect(await placesOfAnna()).toEqual([]);

		const draft = await api.shows.create({
			name: 'Draft',
			items: [{ number: '1', title: 'Cap', quantity: 1 }]
		});
		const handle = marksOf(anna).handle;
		await api.claims.award({ showId: draft.showId, item: '1', buyer: { handle } });
		// Not waited for: what the stream holds is persisted first.
		await api.items.add({ showId: draft.showId, number: '2', title: 'Hat', quantity: 1 });
		await erase(`manual:${handle.toLowerCase()}`);
		expect(await placesOfAnna()).toEqual([]);
		await api.shows.activate({ showId: draft.showId });
		const { items } = await api.shows.snapshot({ showId: draft.showId });
		expect(items[0]?.winners.map(({ buyer }) => buyer.handle)).toEqual([ERASED_BUYER]);
		expectAgreement(await app.settle(draft.showId));
	});
});

describe('nothing changes', () => {
	/** All rows, and the state of shows. */
	async function stored(): Promise<string[]> {
		return [...(await everythingStored(app))]
			.filter(([place]) => /^[a-z_]+ \d+$/.test(place))
			.map(([, row]) => row)
			.toSorted();
	}

	test('while the person is in a running show', async () => {
		const [running] = [await sale(false), await sale()];
		await noteAll();
		const before = await stored();
		const refusal = await erase().then(
			() => null,
			(error: unknown) => findAppError(error)
		);
		expect(refusal?.code).toBe('BUYER_IN_RUNNING_SHOW');
		expect(refusal?.details).toEqual({ shows: [{ id: running, name: 'Sale' }] });
		expect(await stored()).toEqual(before);
		await api.shows.end({ showId: running });
		await erase();
		expect(await placesOfAnna()).toEqual([]);
	});

	test('when a show is running that Postgres takes for a draft', async () => {
		const { showId } = await api.shows.create({
			name: 'Draft',
			items: [{ number: '1', title: 'Cap', quantity: 1 }]
		});
		const { handle } = marksOf(anna);
		await api.claims.award({ showId, item: '1', buyer: { handle } });
		await app.settle(showId);
		await app.redis.hset(showKey(showId, 'meta'), 'status', 'active');
		const before = await stored();
		expect(await refusalOf(erase(`manual:${handle.toLowerCase()}`))).toBe('BUYER_IN_RUNNING_SHOW');
		expect(await stored()).toEqual(before);
	});

	test('for another name, an unknown buyer, and one of another workspace', async () => {
		await sale();
		const before = await stored();
		for (const name of ['', 'somebody', marksOf(anna).name, `${marksOf(anna).handle}x`]) {
			expect(await refusalOf(erase(keyOf(anna), name))).toBe('INVALID_INPUT');
		}
		expect(await refusalOf(erase('facebook:nobody', 'nobody'))).toBe('BUYER_NOT_FOUND');
		const stranger = people.api(await people.owner(`Kay${++owners}`));
		const asked = { buyerKey: keyOf(anna), name: marksOf(anna).handle };
		expect(await refusalOf(stranger.buyers.erase(asked))).toBe('BUYER_NOT_FOUND');
		expect(await refusalOf(stranger.buyers.erasurePreview({ buyerKey: keyOf(anna) }))).toBe(
			'BUYER_NOT_FOUND'
		);
		const after = (await stored()).filter(
			(row) => !row.includes(`kay${owners}`) && !row.includes(`Kay${owners}`)
		);
		for (const row of before) expect(after).toContain(row);
	});

	test('when Redis can’t be asked to let a show go, or holds what Postgres has not got', async () => {
		const showId = await sale();
		const { db, scripts } = app;
		const request = {
			...{ workspaceId: owner.workspace.id, buyerKey: keyOf(anna) },
			...{ typed: marksOf(anna).handle, actor: 'user:test' }
		};
		const away = new BuyerErasure({
			...{ db, redis: app.redis, persist: () => Promise.resolve() },
			scripts: new Map([...scripts].filter(([name]) => name !== 'forget-show'))
		});
		const before = await stored();
		await expect(away.erase(request)).rejects.toThrow('forget-show');
		expect(await stored()).toEqual(before);

		await app.redis.hincrby(showKey(showId, 'meta'), 'seq', 1);
		const { redis } = app;
		const careless = new BuyerErasure({ db, redis, scripts, persist: () => Promise.resolve() });
		await expect(careless.erase(request)).rejects.toThrow(AppError);
		expect(await stored()).toEqual(before);
		await app.redis.hincrby(showKey(showId, 'meta'), 'seq', -1);
		await erase();
		const { events, postgres } = await showDigests(db, redis, scripts, showId);
		expect(events).toBe(postgres);
	});
});

describe('afterwards', () => {
	test('the person may come back, and is somebody new, whom no block keeps out', async () => {
		await sale();
		await noteAll();
		const running = await app.show({ '12': 1 });
		await app.db
			.updateTable('shows')
			.set({ workspace_id: owner.workspace.id })
			.where('id', '=', running)
			.execute();
		await app.blocks.enforce(owner.workspace.id);
		expect(await app.redis.sismember(showKey(running, 'blocked'), keyOf(anna))).toBe(1);
		await erase();
		expect(await app.redis.sismember(showKey(running, 'blocked'), keyOf(anna))).toBe(0);
		expect(await app.redis.sismember(showKey(running, 'blocked'), keyOf(other))).toBe(1);
		expect(await write(app, running, { person: anna, text: 'sold 12' })).toBe('winner');
		expectAgreement(await app.settle(running));
		const person = await api.buyers.get({ buyerKey: keyOf(anna) });
		expect(person).toMatchObject({
			note: '',
			tags: [],
			blocked: false,
			figures: { won: 1, shows: 1 }
		});
	});

	test('two owners at once erase once', async () => {
		await sale();
		await noteAll();
		const results = await Promise.all([refusalOf(erase()), refusalOf(erase()), refusalOf(erase())]);
		expect(results.toSorted()).toEqual([null, 'BUYER_NOT_FOUND', 'BUYER_NOT_FOUND'].toSorted());
		expect(await placesOfAnna()).toEqual([]);
		const { entries } = await api.audit.list({ kind: 'buyer' });
		expect(entries.filter(({ code }) => code === 'buyer.erased')).toHaveLength(1);
	});
});
