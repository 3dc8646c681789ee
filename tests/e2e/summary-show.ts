import { sql } from 'kysely';
import { createShow } from '../../src/lib/server/history/create-show.ts';
import type { Db } from '../../src/lib/server/history/database.ts';
import { eraseShow } from '../../src/lib/server/redis/erase-show.ts';
import { waitUntilPersisted } from '../../src/lib/server/rehearsal/result.ts';
import type { Account, Server } from './fixtures.ts';

const ACTOR = 'user:test';
const TITLES = [
	'Linen dress, sand',
	'Silk scarf',
	'Ribbed cardigan with horn buttons, two pockets',
	'Leather belt with a brass buckle',
	'Canvas tote',
	'Wool beret',
	'Pleated skirt',
	'Denim jacket'
];
/** Eighty minutes, as a real evening has them. */
const LENGTH_SECONDS = 4_800;

/**
 * An ended show as an evening leaves it: each item is held up, claimed by some of forty viewers and talked
 * about; there is a pause in the middle, and some think better of it. Item `n` has `n % 3 + 1` units.
 * The log is then spread over eighty minutes.
 */
export async function eveningShow(server: Server, account: Account, items = 8): Promise<string> {
	const { actions, db } = server.context;
	const showId = await createShow(db, {
		workspaceId: account.workspaceId,
		name: 'Friday evening sale',
		claimWord: 'sold',
		passWord: 'pass'
	});
	for (let n = 1; n <= items; n++) {
		const title = TITLES[(n - 1) % TITLES.length] ?? '';
		await actions.addItem(showId, { number: String(n), title, quantity: (n % 3) + 1 }, ACTOR);
	}
	await actions.changeStatus(showId, 'activated', ACTOR);
	for (let n = 1; n <= items; n++) {
		await actions.showItem(showId, String(n), ACTOR);
		for (let k = 0; k < (n * 7) % 12; k++) {
			const viewer = `viewer_${(n * 5 + k * 3) % 40}`;
			await server.say(showId, viewer, k % 3 === 2 ? 'so pretty' : `sold ${n}`);
		}
		await server.say(showId, `viewer_${(n * 5) % 40}`, n % 4 === 0 ? `pass ${n}` : 'thank you!');
		if (n === Math.floor(items / 2)) {
			await actions.changeStatus(showId, 'paused', ACTOR);
			for (let k = 0; k < 9; k++) await server.say(showId, `viewer_${k}`, 'back soon?');
			await actions.changeStatus(showId, 'resumed', ACTOR);
		}
	}
	await actions.changeStatus(showId, 'ended', ACTOR);
	await waitUntilPersisted(server.context, showId);
	await spreadOverEvening(server, showId);
	return showId;
}

async function spreadOverEvening({ context }: Server, showId: string): Promise<void> {
	await context.db.transaction().execute((db) => changeTimes(db, showId));
	// Redis would tell another story than Postgres now, which the worker sees and sets right.
	await eraseShow(context.redis, showId);
}

async function changeTimes(db: Db, showId: string): Promise<void> {
	const at = sql`timestamptz '2026-03-06 19:00:00+00' + make_interval(secs => seq * ${LENGTH_SECONDS}::float8 / (
		select last_seq from shows where id = ${showId}))`;
	await sql`update events set at = ${at} where show_id = ${showId}`.execute(db);
	await sql`
		update claims set claimed_at = made.at, promoted_at = case when promoted_at is null then null
			else (select at from events where show_id = ${showId} and seq = won_seq) end
		from events made where made.show_id = ${showId} and made.seq = created_seq
			and claims.show_id = ${showId}
	`.execute(db);
	await sql`
		update shows set started_at = (select min(at) from events where show_id = ${showId}
				and data->>'action' = 'activated'),
			ended_at = (select max(at) from events where show_id = ${showId})
		where id = ${showId}
	`.execute(db);
}
