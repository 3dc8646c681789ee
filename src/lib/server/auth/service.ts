import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { Lucia, TimeSpan } from 'lucia';
import type { Session } from 'lucia';
import type { Config } from '../config.ts';
import { AppError } from '../errors.ts';
import type { Db } from '../history/database.ts';
import type { RedisClient } from '../redis/run-script.ts';
import { createSessionAdapter } from './adapter.ts';
import type { UserAttributes } from './adapter.ts';
import { normaliseEmail } from './input.ts';
import type { RegisterInput, SignInInput } from './input.ts';
import type { Member } from './member.ts';
import { PasswordCheck, hashPassword } from './passwords.ts';
import { AuthLimits } from './rate-limits.ts';
import type { AuthAllowances } from './rate-limits.ts';
import { SESSION_DAYS, cookieAttributes, isSessionId } from './session-cookie.ts';
import type { CookieAttributes } from './session-cookie.ts';

export type AuthServiceOptions = {
	readonly db: Db;
	readonly redis: RedisClient;
	readonly config: Pick<Config, 'environment' | 'origin'>;
	readonly allowances?: AuthAllowances;
};

/** Where a request comes from, for the limits. */
export type Client = { readonly address: string };

export type AuthService = {
	/** How the session cookie is to be set. */
	readonly cookie: CookieAttributes;
	/**
	 * Makes a user with a workspace that they own, and signs in.
	 * Throws `EMAIL_TAKEN`, `RATE_LIMITED` (details: `retryAfterSeconds`).
	 */
	register(input: RegisterInput, client: Client): Promise<Member>;
	/**
	 * Throws `BAD_CREDENTIALS`, alike for an unknown address and a wrong password and after the same
	 * work; `FORBIDDEN` for somebody without a workspace; `RATE_LIMITED` (details: `retryAfterSeconds`).
	 */
	signIn(input: SignInInput, client: Client): Promise<Member>;
	/** Deletes the session, if it exists. */
	signOut(sessionId: string): Promise<void>;
	/**
	 * Who the session belongs to; null when there is none, it is over, or its user has no workspace any
	 * more. Renews a session that is half over; `fresh` then says to send the cookie again.
	 */
	validateSession(sessionId: string): Promise<Member | null>;
	/** Housekeeping: sessions that are over are refused anyway. */
	deleteExpiredSessions(): Promise<void>;
};

function createLucia(db: Db) {
	return new Lucia<Record<never, never>, UserAttributes>(createSessionAdapter(db), {
		sessionExpiresIn: new TimeSpan(SESSION_DAYS, 'd'),
		getUserAttributes: (attributes) => attributes
	});
}

function toMember(session: Session, user: UserAttributes & { readonly id: string }): Member | null {
	if (!user.membership) return null;
	const { workspaceId, workspaceName, role } = user.membership;
	return {
		userId: user.id,
		name: user.name,
		email: user.email,
		sessionId: session.id,
		expiresAt: session.expiresAt,
		fresh: session.fresh,
		workspace: { id: workspaceId, name: workspaceName },
		role
	};
}

/** User, workspace and membership together or not at all. Returns the user's id. */
async function insertAccount(db: Db, input: RegisterInput, passwordHash: string): Promise<string> {
	return await db.transaction().execute(async (transaction) => {
		const userId = randomUUID();
		const workspaceId = randomUUID();
		const user = await transaction
			.insertInto('users')
			.values({
				id: userId,
				email: normaliseEmail(input.email),
				name: input.name,
				password_hash: passwordHash
			})
			.onConflict((conflict) => conflict.expression(sql`lower(email)`).doNothing())
			.returning('id')
			.executeTakeFirst();
		if (!user) throw new AppError('EMAIL_TAKEN');
		await transaction
			.insertInto('workspaces')
			.values({ id: workspaceId, name: input.workspaceName })
			.execute();
		await transaction
			.insertInto('members')
			.values({ id: randomUUID(), workspace_id: workspaceId, user_id: userId, role: 'owner' })
			.execute();
		return userId;
	});
}

export function createAuthService(options: AuthServiceOptions): AuthService {
	const { db, redis, config } = options;
	const lucia = createLucia(db);
	const passwords = new PasswordCheck();
	const limits = new AuthLimits(redis, options.allowances);

	async function validateSession(sessionId: string): Promise<Member | null> {
		if (!isSessionId(sessionId)) return null;
		const { session, user } = await lucia.validateSession(sessionId);
		return session ? toMember(session, user) : null;
	}

	/** A new session's member. Null for a user without a workspace, who then gets no session. */
	async function openSession(userId: string): Promise<Member | null> {
		const session = await lucia.createSession(userId, {});
		const member = await validateSession(session.id);
		if (!member) await lucia.invalidateSession(session.id);
		return member && { ...member, fresh: true };
	}

	return {
		cookie: cookieAttributes(config),

		async register(input, client) {
			await limits.countRegistration(client.address);
			const userId = await insertAccount(db, input, await hashPassword(input.password));
			const member = await openSession(userId);
			if (!member) throw new AppError('FORBIDDEN');
			return member;
		},

		async signIn(input, client) {
			const email = normaliseEmail(input.email);
			const attempt = await limits.countSignIn(email, client.address);
			const user = await db
				.selectFrom('users')
				.select(['id', 'password_hash'])
				.where(sql<boolean>`lower(email) = ${email}`)
				.executeTakeFirst();
			const known = await passwords.verify(user?.password_hash ?? null, input.password);
			if (!user || !known) throw new AppError('BAD_CREDENTIALS');
			await attempt.forgive();
			const member = await openSession(user.id);
			if (member) return member;
			throw new AppError('FORBIDDEN', {
				message: 'This account belongs to no workspace any more. Please ask its owner.'
			});
		},

		async signOut(sessionId) {
			if (isSessionId(sessionId)) await lucia.invalidateSession(sessionId);
		},

		validateSession,

		deleteExpiredSessions: () => lucia.deleteExpiredSessions()
	};
}
