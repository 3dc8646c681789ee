import { randomBytes, randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { inject } from 'vitest';
import { readConfig } from '../../src/lib/server/config.ts';
import { createAppContext } from '../../src/lib/server/context.ts';
import type { AppContext } from '../../src/lib/server/context.ts';
import { createShow } from '../../src/lib/server/history/create-show.ts';
import { connectDatabase, migrateToLatest } from '../../src/lib/server/history/database.ts';
import { showDigests } from '../../src/lib/server/history/digest.ts';
import type { ShowDigests } from '../../src/lib/server/history/digest.ts';
import type { CommentReply, IncomingComment } from '../../src/lib/server/allocator/comment.ts';
import { waitUntilPersisted } from '../../src/lib/server/rehearsal/result.ts';
import { emptyRedis } from './redis-nodes.ts';

/** The actor of the tests' operator actions. */
export const ACTOR = 'user:test';

export type TestContext = AppContext & {
	/** This context's own database and Redis: nothing else reads or writes there. */
	readonly urls: { readonly redis: string; readonly database: string };
	readonly workspaceId: string;
	/** Creates a show with items `{number: quantity}` and activates it, unless told otherwise. */
	show(items?: Record<string, number>, options?: { activate?: boolean }): Promise<string>;
	/** Takes a comment of `user` in; a fresh comment id unless one is given. */
	say(
		showId: string,
		user: string,
		text: string,
		more?: Partial<IncomingComment>
	): Promise<CommentReply>;
	/** Waits until Postgres has the whole log and returns the three digests. */
	settle(showId: string): Promise<ShowDigests>;
	/** A second process on the same services; closed with the context. */
	another(env?: Record<string, string>): Promise<AppContext>;
};

export type ContextOptions = {
	readonly redisUrl?: string;
	readonly env?: Record<string, string>;
};

async function createDatabase(serverUrl: string): Promise<string> {
	const name = `test_${randomBytes(6).toString('hex')}`;
	const admin = connectDatabase({ url: serverUrl, poolSize: 1 }, () => undefined);
	await sql`create database ${sql.id(name)}`.execute(admin);
	await admin.destroy();
	const url = new URL(serverUrl);
	url.pathname = `/${name}`;
	return url.href;
}

/** Whether the suite runs on a Redis Cluster. */
export const onCluster = inject('redisKind') === 'cluster';

/**
 * Each Vitest worker has a Redis to itself, emptied for each context: a database number of one server,
 * or a cluster, which has no numbers.
 */
function redisUrl(): string {
	const worker = Number(process.env['VITEST_POOL_ID'] ?? '1');
	const urls = inject('redisUrls');
	if (onCluster) return urls[worker - 1] ?? '';
	const url = new URL(urls[0] ?? '');
	url.pathname = `/${worker}`;
	return url.href;
}

/** Builds the whole application on a fresh database. Close it in `afterAll`. */
export async function createTestContext(options: ContextOptions = {}): Promise<TestContext> {
	const urls = {
		redis: options.redisUrl ?? redisUrl(),
		database: await createDatabase(inject('databaseUrl'))
	};
	const config = (env: Record<string, string> = {}): Parameters<typeof createAppContext>[0] =>
		readConfig({
			NODE_ENV: 'test',
			LOG_LEVEL: 'silent',
			REDIS_URL: urls.redis,
			REDIS_CLUSTER: String(onCluster),
			DATABASE_URL: urls.database,
			...options.env,
			...env
		});
	const context = await createAppContext(config());
	await emptyRedis(context.redis);
	await migrateToLatest(context.db);
	const workspaceId = randomUUID();
	await context.db.insertInto('workspaces').values({ id: workspaceId, name: 'Test' }).execute();

	const others: AppContext[] = [];
	let comments = 0;
	return {
		...context,
		urls,
		workspaceId,
		async show(items = { '12': 1 }, { activate = true } = {}) {
			const showId = await createShow(context.db, {
				workspaceId,
				name: 'Test show',
				claimWord: 'sold',
				passWord: 'pass'
			});
			for (const [number, quantity] of Object.entries(items)) {
				await context.actions.addItem(showId, { number, title: `Item ${number}`, quantity }, ACTOR);
			}
			if (activate) await context.actions.changeStatus(showId, 'activated', ACTOR);
			return showId;
		},
		async say(showId, user, text, more = {}) {
			return await context.comments.take(showId, {
				platform: 'facebook',
				liveId: 'live-1',
				commentId: `c${comments++}`,
				userId: user,
				userHandle: `@${user}`,
				text,
				...more
			});
		},
		async settle(showId) {
			await waitUntilPersisted(context, showId);
			return await showDigests(context.db, context.redis, context.scripts, showId);
		},
		async another(env = {}) {
			const other = await createAppContext(config(env));
			others.push(other);
			return other;
		},
		async close() {
			await Promise.all(others.map((other) => other.close()));
			await context.close();
		}
	};
}
