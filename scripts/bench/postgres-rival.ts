import { randomUUID } from 'node:crypto';
import pg from 'pg';
import type { IncomingComment } from '../../src/lib/server/allocator/comment.ts';

/*
 * The same rules in Postgres alone, as one would write them well: the item's row is locked with
 * SELECT … FOR UPDATE; a comment counts once, a buyer holds an item once, the first ones win, the others
 * wait in order, each comment and each claim is an event with the next seq. Generous to Postgres: parsed
 * intents, prepared statements, everything that is written in one statement, nothing published, and a seq
 * per item, not per show: 200 items don't wait for each other.
 */

const SCHEMA = `
	drop schema if exists rival cascade;
	create schema rival;
	create table rival.items (
		show_id uuid, number int, quantity int not null, state text not null,
		won int not null default 0, waiting int not null default 0, last_seq bigint not null default 0,
		primary key (show_id, number)
	);
	create table rival.comments (
		show_id uuid, comment_key text, outcome text not null, seq bigint not null,
		primary key (show_id, comment_key)
	);
	create table rival.claims (
		id uuid primary key, show_id uuid not null, item int not null, buyer_key text not null,
		state text not null, rank bigint not null
	);
	create unique index on rival.claims (show_id, item, buyer_key) where state <> 'released';
	create table rival.events (
		show_id uuid, item int, seq bigint, type text not null, at timestamptz not null, data jsonb not null,
		primary key (show_id, item, seq)
	);

	create function rival.take(show uuid, wanted int, key text, buyer text, claim uuid, comment jsonb)
	returns text language plpgsql as $$
	declare
		item rival.items;
		outcome text;
	begin
		select * into item from rival.items where show_id = show and number = wanted for update;
		select c.outcome into outcome from rival.comments c where show_id = show and comment_key = key;
		if found then
			return outcome;
		end if;
		perform from rival.claims c
			where c.show_id = show and c.item = wanted and c.buyer_key = buyer and c.state <> 'released';
		outcome := case when found then 'duplicate_buyer'
			when item.won < item.quantity then 'winner' else 'waitlist' end;
		insert into rival.comments values (show, key, outcome, item.last_seq + 1);
		insert into rival.events values (show, wanted, item.last_seq + 1, 'comment.received', now(),
			comment || jsonb_build_object('outcome', outcome));
		if outcome <> 'duplicate_buyer' then
			insert into rival.claims values (claim, show, wanted, buyer, outcome, item.last_seq + 2);
			insert into rival.events values (show, wanted, item.last_seq + 2, 'claim.created', now(),
				jsonb_build_object('claimId', claim, 'buyer', buyer, 'state', outcome));
			update rival.items set last_seq = last_seq + 2, won = won + (outcome = 'winner')::int,
				waiting = waiting + (outcome = 'waitlist')::int where show_id = show and number = wanted;
		else
			update rival.items set last_seq = last_seq + 1 where show_id = show and number = wanted;
		end if;
		return outcome;
	end $$;
`;

const LOCK = {
	name: 'lock',
	text: `select quantity, won, state, last_seq from rival.items
		where show_id = $1 and number = $2 for update`
};
const SEEN = {
	name: 'seen',
	text: `select
		(select outcome from rival.comments where show_id = $1 and comment_key = $3) as first,
		(select id from rival.claims where show_id = $1 and item = $2 and buyer_key = $4
			and state <> 'released') as held`
};
const WRITE_CLAIM = {
	name: 'write-claim',
	text: `with
		comment as (insert into rival.comments values ($1, $3, $6, $7::bigint + 1)),
		claim as (insert into rival.claims values ($5, $1, $2, $4, $6, $7::bigint + 2)),
		item as (update rival.items set last_seq = $7::bigint + 2,
			won = won + ($6 = 'winner')::int, waiting = waiting + ($6 = 'waitlist')::int
			where show_id = $1 and number = $2)
		insert into rival.events values
			($1, $2, $7::bigint + 1, 'comment.received', now(), $8),
			($1, $2, $7::bigint + 2, 'claim.created', now(), $9)`
};
const WRITE_DUPLICATE = {
	name: 'write-duplicate',
	text: `with
		comment as (insert into rival.comments values ($1, $3, 'duplicate_buyer', $4::bigint + 1)),
		item as (update rival.items set last_seq = last_seq + 1 where show_id = $1 and number = $2)
		insert into rival.events values ($1, $2, $4::bigint + 1, 'comment.received', now(), $5)`
};
const TAKE = { name: 'take', text: 'select rival.take($1, $2, $3, $4, $5, $6) as outcome' };

type Item = { quantity: number; won: number; state: string; last_seq: string };
type Seen = { first: string | null; held: string | null };

/** A claim in Postgres. Its pool is as large as serves one hot row best: more connections only wait. */
export class PostgresRival {
	readonly #pool: pg.Pool;

	constructor(url: string, connections: number) {
		this.#pool = new pg.Pool({ connectionString: url, max: connections });
		// The server goes away in the end; a connection that is idle then is no failure.
		this.#pool.on('error', () => undefined);
	}

	async createSchema(): Promise<void> {
		await this.#pool.query(SCHEMA);
	}

	/** Returns the id of a show with these items. */
	async startShow(items: readonly string[], quantity: number): Promise<string> {
		const showId = randomUUID();
		const insert = `insert into rival.items select $1, item, $3, 'open' from unnest($2::int[]) as item`;
		await this.#pool.query(insert, [showId, items, quantity]);
		return showId;
	}

	/** SELECT … FOR UPDATE in a transaction of the client. Returns the outcome. */
	async claim(showId: string, item: string, comment: IncomingComment): Promise<string> {
		const key = `${comment.platform}:${comment.commentId ?? ''}`;
		const buyer = `${comment.platform}:${comment.userId}`;
		const client = await this.#pool.connect();
		try {
			await client.query('begin');
			const outcome = await this.#decide(client, [showId, item, key, buyer], comment);
			await client.query('commit');
			client.release();
			return outcome;
		} catch (error) {
			client.release(true);
			throw error;
		}
	}

	async #decide(client: pg.PoolClient, ids: string[], comment: IncomingComment): Promise<string> {
		const [showId, item, key, buyer] = ids;
		const found = (await client.query<Item>({ ...LOCK, values: [showId, item] })).rows[0];
		if (!found) return 'item_not_found';
		const seen = (await client.query<Seen>({ ...SEEN, values: ids })).rows[0];
		if (seen?.first) return seen.first;
		if (found.state === 'closed') return 'item_closed';
		if (seen?.held) {
			const data = JSON.stringify({ ...comment, outcome: 'duplicate_buyer' });
			const values = [showId, item, key, found.last_seq, data];
			await client.query({ ...WRITE_DUPLICATE, values });
			return 'duplicate_buyer';
		}
		const outcome = found.won < found.quantity ? 'winner' : 'waitlist';
		const claimId = randomUUID();
		const received = JSON.stringify({ ...comment, outcome, claimId });
		const created = JSON.stringify({ claimId, item, buyer, state: outcome });
		const values = [...ids, claimId, outcome, found.last_seq, received, created];
		await client.query({ ...WRITE_CLAIM, values });
		return outcome;
	}

	/** The same in one call of a stored function: no round trips while the row is locked. */
	async claimByFunction(showId: string, item: string, comment: IncomingComment): Promise<string> {
		const key = `${comment.platform}:${comment.commentId ?? ''}`;
		const buyer = `${comment.platform}:${comment.userId}`;
		const values = [showId, item, key, buyer, randomUUID(), JSON.stringify(comment)];
		const result = await this.#pool.query<{ outcome: string }>({ ...TAKE, values });
		return result.rows[0]?.outcome ?? '';
	}

	async close(): Promise<void> {
		await this.#pool.end();
	}
}
