import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createAuthService } from '../../src/lib/server/auth/service.ts';
import type { AuthService } from '../../src/lib/server/auth/service.ts';
import { RATE_LIMIT_PREFIX } from '../../src/lib/server/redis/keys.ts';
import { connectRedis } from '../../src/lib/server/redis/connections.ts';
import { createTestContext } from './harness.ts';
import type { TestContext } from './harness.ts';
import { freeAddresses } from './people.ts';
import { keysLike } from './redis-nodes.ts';

let app: TestContext;
let auth: AuthService;
let addresses = 0;

/** A client that no limit knows yet. */
function client(): { address: string } {
	return { address: `198.51.${Math.floor(++addresses / 250)}.${addresses % 250}` };
}

function person(email: string) {
	return { email, password: 'correct horse', name: 'Ann', workspaceName: 'Ann’s shop' };
}

function storedId(sessionId: string): string {
	return createHash('sha256').update(sessionId).digest('base64url');
}

beforeAll(async () => {
	app = await createTestContext();
	auth = app.auth;
});
afterAll(() => app.close());
beforeEach(() => freeAddresses(app));

describe('registering', () => {
	test('makes a user, a workspace and an owner, and signs in', async () => {
		const member = await auth.register(person('owner@example.com'), client());
		expect(member).toMatchObject({
			email: 'owner@example.com',
			name: 'Ann',
			role: 'owner',
			fresh: true,
			workspace: { name: 'Ann’s shop' }
		});
		expect(await auth.validateSession(member.sessionId)).toMatchObject({
			userId: member.userId,
			workspace: member.workspace,
			fresh: false
		});
	});

	test('twice with one address, in whatever spelling, is EMAIL_TAKEN and leaves nothing behind', async () => {
		await auth.register(person('twice@example.com'), client());
		const count = () =>
			app.db
				.selectFrom('workspaces')
				.select((eb) => eb.fn.countAll<string>().as('n'))
				.executeTakeFirstOrThrow();
		const before = await count();
		const again = auth.register(person(' TWICE@example.com'), client());
		await expect(again).rejects.toMatchObject({ code: 'EMAIL_TAKEN' });
		expect(await count()).toEqual(before);
	});

	test('twenty at once with one address make one account', async () => {
		const attempts = await Promise.allSettled(
			Array.from({ length: 20 }, () => auth.register(person('race@example.com'), client()))
		);
		expect(attempts.filter((attempt) => attempt.status === 'fulfilled')).toHaveLength(1);
	});

	test('stores an argon2id hash, and of the session only a hash', async () => {
		const member = await auth.register(person('hashed@example.com'), client());
		const user = await app.db
			.selectFrom('users')
			.select('password_hash')
			.where('id', '=', member.userId)
			.executeTakeFirstOrThrow();
		expect(user.password_hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
		const ids = await app.db.selectFrom('sessions').select('id').execute();
		expect(ids.map((row) => row.id)).toContain(storedId(member.sessionId));
		expect(ids.map((row) => row.id)).not.toContain(member.sessionId);
	});

	test('is limited to ten an hour from one address', async () => {
		const from = client();
		for (let n = 0; n < 10; n++) await auth.register(person(`many${n}@example.com`), from);
		const eleventh = auth.register(person('many10@example.com'), from);
		await expect(eleventh).rejects.toMatchObject({ code: 'RATE_LIMITED' });
	});
});

describe('signing in', () => {
	test('works with the address in any spelling', async () => {
		await auth.register(person('ann@example.com'), client());
		const input = { email: ' ANN@example.com ', password: 'correct horse' };
		const member = await auth.signIn(input, client());
		expect(member).toMatchObject({ email: 'ann@example.com', fresh: true });
	});

	test('tells nothing about which addresses have an account, not even by its time', async () => {
		await auth.register(person('known@example.com'), client());
		const attempt = async (email: string) => {
			const startedAt = performance.now();
			const failure: unknown = await auth
				.signIn({ email, password: 'wrong password' }, client())
				.catch((error: unknown) => error);
			return { failure, ms: performance.now() - startedAt };
		};
		const fastest = { known: Infinity, unknown: Infinity };
		const areAlike = (): boolean =>
			fastest.unknown > fastest.known / 2 && fastest.unknown < fastest.known * 2;
		// A stall of the machine makes an attempt slower, never faster: the fastest ones tell, in time.
		for (let round = 0; round < 5 || (!areAlike() && round < 100); round++) {
			const known = await attempt('known@example.com');
			const unknown = await attempt(`nobody${round}@example.com`);
			expect(known.failure).toEqual(unknown.failure);
			expect(known.failure).toMatchObject({ code: 'BAD_CREDENTIALS' });
			fastest.known = Math.min(fastest.known, known.ms);
			fastest.unknown = Math.min(fastest.unknown, unknown.ms);
		}
		expect(areAlike(), JSON.stringify(fastest)).toBe(true);
	});

	test('after ten failures is RATE_LIMITED, also with the right password, for that address only', async () => {
		await auth.register(person('guess@example.com'), client());
		const from = client();
		const wrong = { email: 'guess@example.com', password: 'wrong password' };
		const right = { email: 'guess@example.com', password: 'correct horse' };
		for (let n = 0; n < 10; n++) {
			await expect(auth.signIn(wrong, from)).rejects.toMatchObject({ code: 'BAD_CREDENTIALS' });
		}
		const refused: unknown = await auth.signIn(right, from).catch((error: unknown) => error);
		expect(refused).toMatchObject({ code: 'RATE_LIMITED' });
		expect(refused).toHaveProperty('details.retryAfterSeconds', expect.any(Number));
		expect(await auth.signIn(right, client())).toMatchObject({ email: 'guess@example.com' });
	});

	test('guesses sent at once are counted as well', async () => {
		await auth.register(person('burst@example.com'), client());
		const from = client();
		const wrong = { email: 'burst@example.com', password: 'wrong password' };
		const results = await Promise.allSettled(
			Array.from({ length: 30 }, () => auth.signIn(wrong, from))
		);
		const limited = results.filter(
			(result) => result.status === 'rejected' && result.reason.code === 'RATE_LIMITED'
		);
		expect(limited).toHaveLength(20);
	});

	test('success gives the allowance back', async () => {
		await auth.register(person('clumsy@example.com'), client());
		const from = client();
		const right = { email: 'clumsy@example.com', password: 'correct horse' };
		for (let round = 0; round < 3; round++) {
			for (let n = 0; n < 9; n++) {
				await auth.signIn({ ...right, password: 'wrong password' }, from).catch(() => undefined);
			}
			await auth.signIn(right, from);
		}
	});

	test('many accounts tried from one address are RATE_LIMITED after fifty', async () => {
		const from = client();
		const codes = new Map<string, number>();
		for (let n = 0; n < 52; n++) {
			const failure: unknown = await auth
				.signIn({ email: `spray${n}@example.com`, password: 'wrong password' }, from)
				.catch((error: unknown) => error);
			const code = failure instanceof Error && 'code' in failure ? String(failure.code) : 'none';
			codes.set(code, (codes.get(code) ?? 0) + 1);
		}
		expect(Object.fromEntries(codes)).toEqual({ BAD_CREDENTIALS: 50, RATE_LIMITED: 2 });
	});

	test('limits keep no address and no e-mail in Redis, and every key expires', async () => {
		const keys = await keysLike(app.redis, `${RATE_LIMIT_PREFIX}*`);
		expect(keys.length).toBeGreaterThan(0);
		expect(keys.filter((key) => /@|198\.51/.test(key))).toEqual([]);
		const ttls = await Promise.all(keys.map((key) => app.redis.ttl(key)));
		expect(Math.min(...ttls)).toBeGreaterThan(0);
	});

	test('guesses are counted over all processes, and what one has refused the others refuse', async () => {
		const other = await app.another({ ROLE: 'web' });
		await auth.register(person('spread@example.com'), client());
		const from = client();
		const wrong = { email: 'spread@example.com', password: 'wrong password' };
		for (let n = 0; n < 10; n++) {
			const { auth: one } = n % 2 === 0 ? app : other;
			await expect(one.signIn(wrong, from)).rejects.toMatchObject({ code: 'BAD_CREDENTIALS' });
		}
		for (const { auth: one } of [app, other]) {
			await expect(one.signIn(wrong, from)).rejects.toMatchObject({ code: 'RATE_LIMITED' });
		}
	});

	test('goes on while Redis is away, with limits counted in memory', async () => {
		const away = connectRedis(
			{ url: 'redis://127.0.0.1:1', cluster: false },
			'commands',
			() => undefined
		);
		const lonely = createAuthService({ db: app.db, redis: away, config: app.config });
		try {
			await lonely.register(person('offline@example.com'), client());
			const from = client();
			const wrong = { email: 'offline@example.com', password: 'wrong password' };
			for (let n = 0; n < 10; n++) await lonely.signIn(wrong, from).catch(() => undefined);
			await expect(lonely.signIn(wrong, from)).rejects.toMatchObject({ code: 'RATE_LIMITED' });
		} finally {
			away.disconnect();
		}
	});
});

describe('a session', () => {
	test('ends with signing out', async () => {
		const member = await auth.register(person('leaver@example.com'), client());
		await auth.signOut(member.sessionId);
		expect(await auth.validateSession(member.sessionId)).toBeNull();
		await auth.signOut(member.sessionId);
	});

	test.each(['', 'x', 'a'.repeat(40), "' or true --"])('%j is nobody’s', async (sessionId) => {
		expect(await auth.validateSession(sessionId)).toBeNull();
	});

	async function expireIn(sessionId: string, days: number): Promise<void> {
		await app.db
			.updateTable('sessions')
			.set({ expires_at: new Date(Date.now() + days * 86_400_000) })
			.where('id', '=', storedId(sessionId))
			.execute();
	}

	test('is renewed when half of it is over', async () => {
		const member = await auth.register(person('regular@example.com'), client());
		await expireIn(member.sessionId, 10);
		const renewed = await auth.validateSession(member.sessionId);
		expect(renewed?.fresh).toBe(true);
		expect(renewed?.expiresAt.getTime()).toBeGreaterThan(Date.now() + 29 * 86_400_000);
		expect((await auth.validateSession(member.sessionId))?.fresh).toBe(false);
	});

	test('that is over is refused, and deleted by the housekeeping', async () => {
		const member = await auth.register(person('late@example.com'), client());
		const other = await auth.register(person('early@example.com'), client());
		await expireIn(member.sessionId, -1);
		await auth.deleteExpiredSessions();
		const left = await app.db
			.selectFrom('sessions')
			.select('id')
			.where('id', 'in', [storedId(member.sessionId), storedId(other.sessionId)])
			.execute();
		expect(left.map((row) => row.id)).toEqual([storedId(other.sessionId)]);
		expect(await auth.validateSession(member.sessionId)).toBeNull();
	});

	test('works in the oldest membership, and ends with the last one', async () => {
		const member = await auth.register(person('moved@example.com'), client());
		await app.db
			.insertInto('members')
			.values({
				id: crypto.randomUUID(),
				workspace_id: app.workspaceId,
				user_id: member.userId,
				role: 'viewer'
			})
			.execute();
		const first = await auth.validateSession(member.sessionId);
		expect(first).toMatchObject({ role: 'owner', workspace: member.workspace });
		await app.db.deleteFrom('members').where('workspace_id', '=', member.workspace.id).execute();
		const second = await auth.validateSession(member.sessionId);
		expect(second).toMatchObject({ role: 'viewer', workspace: { id: app.workspaceId } });
		await app.db.deleteFrom('members').where('user_id', '=', member.userId).execute();
		expect(await auth.validateSession(member.sessionId)).toBeNull();
		const signIn = auth.signIn({ email: 'moved@example.com', password: 'correct horse' }, client());
		await expect(signIn).rejects.toMatchObject({ code: 'FORBIDDEN' });
	});
});
