import { sql } from 'kysely';
import { exportText, EXPORT_FILES } from '../../src/lib/server/exports/export-file.ts';
import { exportSource } from '../../src/lib/server/exports/source.ts';
import { readPersistedEvents } from '../../src/lib/server/history/event-log.ts';
import { WorkspaceScope } from '../../src/lib/server/history/queries/scope.ts';
import type { Member } from '../../src/lib/server/auth/member.ts';
import type { ShowEvent } from '../../src/lib/domain/events.ts';
import type { TestContext } from './harness.ts';
import type { People } from './people.ts';
import { keysLike } from './redis-nodes.ts';

// What the tests of retention and erasure need: a sale among invented people, everything that is stored, and
// everything that pages and files say of a show.

/** Marks that stand in whatever is known of a person of these tests, each in its own way. */
export function marksOf(person: string): Record<'userId' | 'handle' | 'name' | 'words', string> {
	return {
		userId: `uid${person}4711`,
		handle: `${person}.hndl`,
		name: `Full ${person} Name`,
		words: `words-of-${person}`
	};
}

/** Accounts of one person on several platforms have several ids. */
export function userIdOn(platform: string, person: string): string {
	return `${platform === 'facebook' ? '' : platform}${marksOf(person).userId}`;
}

let written = 0;

/** Somebody writes a comment whose every field has a mark. */
export async function write(
	app: TestContext,
	showId: string,
	{ person, text, platform = 'facebook' }: { person: string; text: string; platform?: string }
): Promise<string> {
	const { handle, name, words } = marksOf(person);
	const reply = await app.say(showId, userIdOn(platform, person), `${text} ${words}`, {
		platform,
		commentId: `cid-${person}-${++written}`,
		userHandle: handle,
		userDisplayName: name,
		postedAt: Date.now() - 1_000
	});
	return reply.outcome;
}

/** Every row of every table and every key of Redis, as texts by where they stand. */
export async function everythingStored(app: TestContext): Promise<Map<string, string>> {
	const stored = new Map<string, string>();
	const tables = await sql<{ name: string }>`
		select tablename as name from pg_tables where schemaname = 'public'
	`.execute(app.db);
	for (const { name } of tables.rows) {
		const rows = await sql<{ text: string }>`
			select t::text as text from ${sql.table(name)} as t
		`.execute(app.db);
		rows.rows.forEach(({ text }, index) => stored.set(`${name} ${index}`, text));
	}
	for (const key of await keysLike(app.redis, '*')) stored.set(key, await textOf(app, key));
	return stored;
}

async function textOf({ redis }: TestContext, key: string): Promise<string> {
	switch (await redis.type(key)) {
		case 'string':
			return String(await redis.get(key));
		case 'hash':
			return JSON.stringify(await redis.hgetall(key));
		case 'set':
			return JSON.stringify(await redis.smembers(key));
		case 'zset':
			return JSON.stringify(await redis.zrange(key, '0', '-1'));
		case 'list':
			return JSON.stringify(await redis.lrange(key, 0, -1));
		case 'stream':
			return JSON.stringify(await redis.xrange(key, '-', '+'));
		default:
			return '';
	}
}

/** Where any of these texts is stored, whatever its case. */
export async function placesOf(app: TestContext, texts: readonly string[]): Promise<string[]> {
	const stored = [...(await everythingStored(app))];
	return stored
		.filter(([place, text]) =>
			texts.some((wanted) => `${place} ${text}`.toLowerCase().includes(wanted.toLowerCase()))
		)
		.map(([place, text]) => `${place}: ${text.slice(0, 300)}`);
}

export async function logOf(app: TestContext, showId: string): Promise<ShowEvent[]> {
	return await readPersistedEvents(app.db, showId, 1, 100_000);
}

/** All that pages and files tell of a show: what must stay as it was but for the names. */
export async function toldOf(
	app: TestContext,
	people: People,
	{ member, showId }: { readonly member: Member; readonly showId: string }
) {
	const api = people.api(member);
	const scope = new WorkspaceScope(app.db, member.workspace.id);
	const source = await exportSource(app.db, await scope.show(showId), 'UTC');
	const files: Record<string, string> = {};
	for (const file of EXPORT_FILES) {
		let text = '';
		for await (const piece of exportText(file, source, {
			withByteOrderMark: false,
			separator: ','
		}))
			text += piece;
		files[file] = text;
	}
	const { retention, ...summary } = await api.summary.get({ showId });
	const states = [];
	for (let seq = 0; seq <= summary.seq; seq += 3)
		states.push(await api.replay.stateAt({ showId, seq }));
	return {
		summary,
		retention,
		files,
		states,
		marks: (await api.replay.overview({ showId })).marks,
		buyers: (await api.buyers.list({ showId })).buyers,
		slips: (await api.buyers.slips({ showId })).slips,
		directory: (await api.buyers.directory({})).buyers,
		feed: (await api.claims.feed({ showId })).lines,
		claims: (await api.claims.list({ showId })).claims
	};
}

export type Told = Awaited<ReturnType<typeof toldOf>>;

/** A copy in which every comment and feed line of these events has lost author and words. */
export function blind(value: unknown, gone: ReadonlySet<number>): unknown {
	if (Array.isArray(value)) return value.map((part) => blind(part, gone));
	if (typeof value !== 'object' || value === null) return value;
	const fields = Object.entries(value);
	const isGone = 'seq' in value && typeof value.seq === 'number' && gone.has(value.seq);
	const hidden = ['userId', 'handle', 'displayName', 'commentId', 'text', 'removed', 'buyer'];
	return Object.fromEntries(
		fields
			.filter(([key]) => !isGone || !hidden.includes(key))
			.map(([key, part]) => [key, blind(part, gone)])
	);
}
