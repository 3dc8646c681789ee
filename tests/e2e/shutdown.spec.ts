import { get } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { SESSION_COOKIE } from '../../src/lib/server/auth/session-cookie.ts';
import { showKey } from '../../src/lib/server/redis/keys.ts';
import { waitUntilPersisted } from '../../src/lib/server/rehearsal/result.ts';
import { expect, test } from './fixtures.ts';
import type { Server } from './fixtures.ts';

/** What a process gets at most before it is killed. */
const LIMIT_MS = 10_000;

/** A show that is over, with so many comments of two kilobytes each. Returns its file's address, and a cookie. */
async function bigShow(
	server: Server,
	comments: number
): Promise<{ readonly address: string; readonly cookie: string }> {
	const { auth, actions, db, redis } = server.context;
	const member = await auth.register(
		{
			email: `${randomUUID()}@sellary.example`,
			password: 'first-comment-wins',
			name: 'Invented Operator',
			workspaceName: 'Invented Boutique'
		},
		{ address: '10.1.2.3' }
	);
	const account = { email: '', name: '', workspaceId: member.workspace.id };
	const showId = await server.show(account);
	await actions.changeStatus(showId, 'ended', 'user:test');
	await waitUntilPersisted(server.context, showId);
	await sql`
		insert into comments (show_id, seq, platform, live_id, comment_id, user_id, handle, text,
			received_at, outcome)
		select ${showId}::uuid, 1000 + n, 'facebook', 'live', 'x' || n, 'u', 'u', repeat('so pretty ', 200),
			now(), 'none'
		from generate_series(1, ${comments}::integer) n
	`.execute(db);
	const lastSeq = 1_000 + comments;
	await sql`update shows set last_seq = ${lastSeq} where id = ${showId}::uuid`.execute(db);
	await redis.hset(showKey(showId, 'meta'), 'seq', String(lastSeq));
	return {
		address: `${server.app.origin}/shows/${showId}/exports/comments.csv`,
		cookie: `${SESSION_COOKIE}=${member.sessionId}`
	};
}

/** A download of which nothing is read yet. */
async function begin({ address, cookie }: { address: string; cookie: string }) {
	const response = await new Promise<IncomingMessage>((resolve, reject) => {
		get(address, { headers: { cookie } }, resolve).once('error', reject);
	});
	expect(response.statusCode).toBe(200);
	return response;
}

/** Asks the process to end. Resolves with its exit code and the time it took. */
async function end(server: Server): Promise<{ code: number | null; ms: number }> {
	const startedAt = performance.now();
	server.app.child.kill('SIGTERM');
	const code = await server.app.ended;
	return { code, ms: Math.round(performance.now() - startedAt) };
}

test('a process that is asked to end finishes the download that is under way', async ({
	server
}) => {
	const response = await begin(await bigShow(server, 4_000));
	const ending = end(server);
	await sleep(300);
	let text = '';
	for await (const chunk of response.setEncoding('utf8')) text += String(chunk);
	expect(response.complete).toBe(true);
	expect(text.match(/so pretty so pretty/g)?.length).toBeGreaterThanOrEqual(4_000);
	const { code, ms } = await ending;
	console.info(`ended in ${ms} ms`);
	expect(code).toBe(0);
	expect(ms).toBeLessThan(LIMIT_MS);
	await server.restart();
});

test('a download that nobody reads is cut, visibly, and does not keep the process', async ({
	server
}) => {
	const response = await begin(await bigShow(server, 60_000));
	const { code, ms } = await end(server);
	console.info(`ended in ${ms} ms`);
	expect(code).toBe(0);
	expect(ms).toBeLessThan(LIMIT_MS);
	const read = async (): Promise<void> => {
		for await (const _chunk of response) continue;
	};
	await expect(read()).rejects.toThrow('aborted');
	expect(response.complete).toBe(false);
	await server.restart();
});
