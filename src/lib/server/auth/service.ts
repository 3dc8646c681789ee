import { randomUUID } from 'node:crypto';
import type { Config } from '../config.ts';
import { AppError } from '../errors.ts';
import type { Db } from '../history/database.ts';
import type { RedisClient } from '../redis/run-script.ts';
import { AccessNews } from './access-news.ts';
import { Accounts } from './accounts.ts';
import type { RegisterInput, SignInInput } from './input.ts';
import { Invitations } from './invitations.ts';
import { Invites } from './invites.ts';
import type { Member } from './member.ts';
import { workspacesOf } from './member-lists.ts';
import { Memberships } from './memberships.ts';
import { PasswordCheck, hashPassword } from './passwords.ts';
import { AuthLimits } from './rate-limits.ts';
import type { AuthAllowances } from './rate-limits.ts';
import { cookieAttributes } from './session-cookie.ts';
import type { CookieAttributes } from './session-cookie.ts';
import { Sessions } from './sessions.ts';
import { checkCredentials, insertUser } from './users.ts';

export type AuthServiceOptions = {
	readonly db: Db;
	readonly redis: RedisClient;
	/** In subscriber mode, so that other processes' changes of rights are heard at once. */
	readonly subscriber?: RedisClient;
	readonly config: Pick<Config, 'environment' | 'origin'>;
	readonly allowances?: AuthAllowances;
	/** Hears the name of the limit that refused somebody, for metrics. */
	readonly onLimited?: (limiter: string) => void;
};

/** Who registers; the time zone is an IANA name, UTC unless given. */
export type NewWorkspace = RegisterInput & { readonly timeZone?: string | undefined };

/** Where a request comes from, for the limits. */
export type Client = { readonly address: string };

export type AuthService = {
	/** How the session cookie is to be set. */
	readonly cookie: CookieAttributes;
	/**
	 * Makes a user with a workspace that they own, and signs in.
	 * Throws `EMAIL_TAKEN`, `RATE_LIMITED` (details: `retryAfterSeconds`).
	 */
	register(input: NewWorkspace, client: Client): Promise<Member>;
	/**
	 * Throws `BAD_CREDENTIALS`, alike for an unknown address and a wrong password and after the same
	 * work; `FORBIDDEN` for somebody without a workspace; `RATE_LIMITED` (details: `retryAfterSeconds`).
	 */
	signIn(input: SignInInput, client: Client): Promise<Member>;
	readonly invites: Invites;
	readonly invitations: Invitations;
	readonly memberships: Memberships;
	readonly accounts: Accounts;
	readonly news: AccessNews;
	/** The session goes on in another workspace. Throws `MEMBER_NOT_FOUND` unless its member belongs there. */
	switchWorkspace(member: Member, workspaceId: string): Promise<void>;
	/** Deletes the session, if it exists. */
	signOut(sessionId: string): Promise<void>;
	/**
	 * Who the session belongs to; null when there is none, it is over, or its user has no workspace any
	 * more. Renews a session that is half over; `fresh` then says to send the cookie again. Notes when it was
	 * used, and by what kind of browser.
	 */
	validateSession(sessionId: string, userAgent?: string | null): Promise<Member | null>;
	/** Housekeeping: sessions that are over are refused anyway. */
	deleteExpiredSessions(): Promise<void>;
};

/** User, workspace and membership together or not at all. Returns the user's id. */
async function insertAccount(db: Db, input: NewWorkspace, passwordHash: string): Promise<string> {
	return await db.transaction().execute(async (transaction) => {
		const userId = await insertUser(transaction, input, passwordHash);
		const workspaceId = randomUUID();
		await transaction
			.insertInto('workspaces')
			.values({
				id: workspaceId,
				name: input.workspaceName,
				time_zone: input.timeZone ?? 'UTC'
			})
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
	const sessions = new Sessions(db);
	const passwords = new PasswordCheck();
	const limits = new AuthLimits(redis, options.allowances, options.onLimited);
	const news = new AccessNews(redis, options.subscriber ?? null);

	return {
		cookie: cookieAttributes(config),
		invites: new Invites(db, limits),
		invitations: new Invitations({ db, passwords, limits, sessions }),
		memberships: new Memberships(db, news),
		accounts: new Accounts({ db, passwords, limits, sessions, news }),
		news,

		async register(input, client) {
			await limits.countRegistration(client.address);
			const userId = await insertAccount(db, input, await hashPassword(input.password));
			const member = await sessions.open(userId);
			if (!member) throw new AppError('FORBIDDEN');
			return member;
		},

		async signIn(input, client) {
			const userId = await checkCredentials({ db, passwords, limits }, input, client.address);
			const member = await sessions.open(userId);
			if (member) return member;
			throw new AppError('FORBIDDEN', {
				message: 'This account belongs to no workspace any more. Ask its owner for an invitation.'
			});
		},

		async switchWorkspace(member, workspaceId) {
			const choices = await workspacesOf(db, member.userId);
			if (!choices.some(({ id }) => id === workspaceId)) throw new AppError('MEMBER_NOT_FOUND');
			await sessions.chooseWorkspace(member.sessionId, workspaceId);
		},

		signOut: (sessionId) => sessions.end(sessionId),
		validateSession: (sessionId, userAgent) => sessions.validate(sessionId, userAgent),
		deleteExpiredSessions: () => sessions.deleteExpired()
	};
}
