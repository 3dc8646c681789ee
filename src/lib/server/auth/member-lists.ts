import type { Db } from '../history/database.ts';
import type { MemberRole } from './member.ts';

/** A member as the members page lists them. */
export type MemberRow = {
	readonly userId: string;
	readonly name: string;
	readonly email: string;
	readonly role: MemberRole;
	readonly joinedAt: Date;
};

/** A workspace that somebody may work in. */
export type WorkspaceChoice = {
	readonly id: string;
	readonly name: string;
	readonly role: MemberRole;
};

/** Everybody in the workspace, those who joined first first. */
export async function membersOf(db: Db, workspaceId: string): Promise<MemberRow[]> {
	return await db
		.selectFrom('members')
		.innerJoin('users', 'users.id', 'members.user_id')
		.where('members.workspace_id', '=', workspaceId)
		.orderBy('members.created_at')
		.orderBy('members.id')
		.select([
			'members.user_id as userId',
			'users.name',
			'users.email',
			'members.role',
			'members.created_at as joinedAt'
		])
		.execute();
}

/** The workspaces of a user, those that they joined first first. */
export async function workspacesOf(db: Db, userId: string): Promise<WorkspaceChoice[]> {
	return await db
		.selectFrom('members')
		.innerJoin('workspaces', 'workspaces.id', 'members.workspace_id')
		.where('members.user_id', '=', userId)
		.orderBy('members.created_at')
		.orderBy('members.id')
		.select(['workspaces.id', 'workspaces.name', 'members.role'])
		.execute();
}
