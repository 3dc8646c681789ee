import { sql } from 'kysely';
import { Lucia, TimeSpan } from 'lucia';
import type { Session } from 'lucia';
import { AppError } from '../errors.ts';
import type { Db } from '../history/database.ts';
import { createSessionAdapter, noteUse, storedId } from './adapter.ts';
import type { SessionAttributes, UserAttributes } from './adapter.ts';
import { deviceOf } from './device.ts';
import type { Member } from './member.ts';
import { SESSION_DAYS, isSessionId } from './session-cookie.ts';

function createLucia(db: Db) {
	return new Lucia<SessionAttributes, UserAttributes>(createSessionAdapter(db), {
		sessionExpiresIn: new TimeSpan(SESSION_DAYS, 'd'),
		getSessionAttributes: (attributes) => attributes,
		getUserAttributes: (attributes) => attributes
	});
}

function toMember(session: Session, user: UserAttributes & { readonly id: string }): Member | null {
	if (!user.membership) return null;
	const { workspaceId, workspaceName, timeZone, role } = user.membership;
	return {
		userId: user.id,
		name: user.name,
		email: user.email,
		sessionId: session.id,
		expiresAt: session.expiresAt,
		fresh: session.fresh,
		workspace: { id: workspaceId, name: workspaceName, timeZone },
		role
	};
}

/** Ends the sessions of a user that work in the workspace. Call before the membership goes. */
export async function endSessionsIn(db: Db, userId: string, workspaceId: string): Promise<void> {
	await db
		.deleteFrom('sessions')
		.where('user_id', '=', userId)
		.where(
			sql<boolean>`coalesce(sessions.workspace_id, (
				select members.workspace_id from members where members.user_id = ${userId}
				order by members.created_at, members.id limit 1
			)) = ${workspaceId}`
		)
		.execute();
}

/** The session goes on in another workspace of its member, the one that they joined first; if they have one. */
export async function moveSession(db: Db, member: Member): Promise<void> {
	await db
		.updateTable('sessions')
		.set((eb) => ({
			workspace_id: eb
				.selectFrom('members')
				.select('members.workspace_id')
				.where('members.user_id', '=', member.userId)
				.where('members.workspace_id', '<>', member.workspace.id)
				.orderBy('members.created_at')
				.orderBy('members.id')
				.limit(1)
		}))
		.where('id', '=', storedId(member.sessionId))
		.execute();
}

/** A session as its owner sees it. */
export type OwnSession = {
	/** The stored hash: nobody can sign in with it. */
	readonly id: string;
	/** E.g. `Firefox on Windows`; null: not known. */
	readonly device: string | null;
	readonly signedInAt: Date;
	/** To five minutes. */
	readonly lastUsedAt: Date;
	/** Whether it is the one that asks. */
	readonly isCurrent: boolean;
};

/** More sessions than anybody reads through; the rest can be ended with all others. */
const MAX_LISTED = 50;

/** Sessions: who somebody is, and which of their workspaces they work in. */
export class Sessions {
	readonly #db: Db;
	readonly #lucia: ReturnType<typeof createLucia>;

	constructor(db: Db) {
		this.#db = db;
		this.#lucia = createLucia(db);
	}

	/**
	 * A new session's member, in the workspace or else in the one that they joined first. Null for a user
	 * without a workspace, who then gets no session.
	 */
	async open(userId: string, workspaceId: string | null = null): Promise<Member | null> {
		const session = await this.#lucia.createSession(userId, { workspaceId, useIsDue: true });
		const { user } = await this.#lucia.validateSession(session.id);
		const member = user && toMember(session, user);
		if (!member) await this.#lucia.invalidateSession(session.id);
		return member && { ...member, fresh: true };
	}

	/**
	 * Who the session belongs to; null when there is none, it is over, or its user has no workspace any
	 * more. Renews a session that is half over; `fresh` then says to send the cookie again. `userAgent`: of
	 * the browser that came with it, if it said so.
	 */
	async validate(sessionId: string, userAgent: string | null = null): Promise<Member | null> {
		if (!isSessionId(sessionId)) return null;
		const { session, user } = await this.#lucia.validateSession(sessionId);
		if (!session) return null;
		if (session.useIsDue) {
			// A session whose use can't be noted is good all the same, e.g. while Postgres takes no writes.
			await noteUse(this.#db, sessionId, deviceOf(userAgent)).catch(() => undefined);
		}
		return toMember(session, user);
	}

	/** The member's own sessions, the present one first, then the one that was used last; fifty at most. */
	async listOf(member: Member): Promise<OwnSession[]> {
		const lastUsedAt = sql<Date>`coalesce(last_used_at, created_at)`;
		const current = storedId(member.sessionId);
		const rows = await this.#db
			.selectFrom('sessions')
			.where('user_id', '=', member.userId)
			.where('expires_at', '>', sql<Date>`now()`)
			.select(['id', 'device', 'created_at as signedInAt', lastUsedAt.as('lastUsedAt')])
			.orderBy(sql`id = ${current}`, 'desc')
			.orderBy(lastUsedAt, 'desc')
			.orderBy('id')
			.limit(MAX_LISTED)
			.execute();
		return rows.map((row) => ({ ...row, isCurrent: row.id === current }));
	}

	/** The session goes on in this workspace, as long as its user is a member there. */
	async chooseWorkspace(sessionId: string, workspaceId: string): Promise<void> {
		await this.#db
			.updateTable('sessions')
			.set({ workspace_id: workspaceId })
			.where('id', '=', storedId(sessionId))
			.execute();
	}

	async end(sessionId: string): Promise<void> {
		if (isSessionId(sessionId)) await this.#lucia.invalidateSession(sessionId);
	}

	/** Ends one session of the member's own, by the id of `listOf`. Throws `SESSION_NOT_FOUND`. */
	async endOwn(db: Db, member: Member, id: string): Promise<void> {
		const ended = await db
			.deleteFrom('sessions')
			.where('id', '=', id)
			.where('user_id', '=', member.userId)
			.returning('id')
			.executeTakeFirst();
		if (!ended) throw new AppError('SESSION_NOT_FOUND');
	}

	/** Ends all sessions of the user but the one that is kept. */
	async endAll(userId: string, keep: string | null = null): Promise<void> {
		let query = this.#db.deleteFrom('sessions').where('user_id', '=', userId);
		if (keep !== null) query = query.where('id', '<>', storedId(keep));
		await query.execute();
	}

	/** Housekeeping: sessions that are over are refused anyway. */
	async deleteExpired(): Promise<void> {
		await this.#lucia.deleteExpiredSessions();
	}
}
