import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import type { Adapter, DatabaseSession, Lucia } from 'lucia';
import type { Db } from '../history/database.ts';
import type { MemberRole } from './member.ts';

/**
 * What a session's user brings along: the person and the membership that they work in, in one query. It is
 * the one that was chosen, else the oldest.
 */
export type UserAttributes = {
	readonly name: string;
	readonly email: string;
	readonly membership: {
		readonly workspaceId: string;
		readonly workspaceName: string;
		readonly timeZone: string;
		readonly role: MemberRole;
	} | null;
};

/** What a session itself carries. */
export type SessionAttributes = {
	/** The workspace that was chosen, if one was. */
	readonly workspaceId: string | null;
	/** Whether it is time to note that the session is used. */
	readonly useIsDue: boolean;
};

/** How exact `last_used_at` is: most requests write nothing. */
const USE_NOTED_EVERY = sql`interval '5 minutes'`;

const useIsDue = sql<boolean>`coalesce(sessions.last_used_at < now() - ${USE_NOTED_EVERY}, true)`;

declare module 'lucia' {
	// eslint-disable-next-line @typescript-eslint/consistent-type-definitions -- Lucia's registry is an interface
	interface Register {
		Lucia: Lucia<SessionAttributes, UserAttributes>;
		DatabaseUserAttributes: UserAttributes;
		DatabaseSessionAttributes: SessionAttributes;
	}
}

/** Only a hash of the session id is stored: whoever reads a backup can't sign in with it. */
export function storedId(sessionId: string): string {
	return createHash('sha256').update(sessionId).digest('base64url');
}

/** Notes that the session is used, and by which device if that is known. */
export async function noteUse(db: Db, sessionId: string, device: string | null): Promise<void> {
	await db
		.updateTable('sessions')
		.set({ last_used_at: sql<Date>`now()`, ...(device === null ? {} : { device }) })
		.where('id', '=', storedId(sessionId))
		.where(useIsDue)
		.execute();
}

/**
 * Lucia's sessions in our tables. `getUserSessions` returns the stored hashes as ids: the real ones are
 * known to the browsers alone.
 */
export function createSessionAdapter(db: Db): Adapter {
	return {
		async getSessionAndUser(sessionId) {
			const row = await db
				.selectFrom('sessions')
				.innerJoin('users', 'users.id', 'sessions.user_id')
				.leftJoinLateral(
					(eb) =>
						eb
							.selectFrom('members')
							.innerJoin('workspaces', 'workspaces.id', 'members.workspace_id')
							.whereRef('members.user_id', '=', 'users.id')
							.orderBy(sql`(members.workspace_id = sessions.workspace_id) is true`, 'desc')
							.orderBy('members.created_at')
							.orderBy('members.id')
							.limit(1)
							.select(['workspaces.id', 'workspaces.name', 'workspaces.time_zone', 'members.role'])
							.as('workspace'),
					(join) => join.onTrue()
				)
				.where('sessions.id', '=', storedId(sessionId))
				.select([
					'sessions.expires_at',
					'sessions.workspace_id as chosen_id',
					useIsDue.as('use_is_due'),
					'users.id as user_id',
					'users.name',
					'users.email',
					'workspace.id as workspace_id',
					'workspace.name as workspace_name',
					'workspace.time_zone',
					'workspace.role'
				])
				.executeTakeFirst();
			if (!row) return [null, null];
			const { workspace_id, workspace_name, time_zone, role } = row;
			const membership =
				workspace_id === null || workspace_name === null || time_zone === null || role === null
					? null
					: { workspaceId: workspace_id, workspaceName: workspace_name, timeZone: time_zone, role };
			return [
				{
					id: sessionId,
					userId: row.user_id,
					expiresAt: row.expires_at,
					attributes: { workspaceId: row.chosen_id, useIsDue: row.use_is_due }
				},
				{ id: row.user_id, attributes: { name: row.name, email: row.email, membership } }
			];
		},

		async getUserSessions(userId) {
			const rows = await db
				.selectFrom('sessions')
				.where('user_id', '=', userId)
				.select(['id', 'user_id', 'expires_at', 'workspace_id', useIsDue.as('use_is_due')])
				.execute();
			return rows.map((row): DatabaseSession => ({
				id: row.id,
				userId: row.user_id,
				expiresAt: row.expires_at,
				attributes: { workspaceId: row.workspace_id, useIsDue: row.use_is_due }
			}));
		},

		async setSession(session) {
			await db
				.insertInto('sessions')
				.values({
					id: storedId(session.id),
					user_id: session.userId,
					expires_at: session.expiresAt,
					workspace_id: session.attributes.workspaceId
				})
				.execute();
		},

		async updateSessionExpiration(sessionId, expiresAt) {
			await db
				.updateTable('sessions')
				.set({ expires_at: expiresAt })
				.where('id', '=', storedId(sessionId))
				.execute();
		},

		async deleteSession(sessionId) {
			await db.deleteFrom('sessions').where('id', '=', storedId(sessionId)).execute();
		},

		async deleteUserSessions(userId) {
			await db.deleteFrom('sessions').where('user_id', '=', userId).execute();
		},

		async deleteExpiredSessions() {
			await db
				.deleteFrom('sessions')
				.where('expires_at', '<=', sql<Date>`now()`)
				.execute();
		}
	};
}
