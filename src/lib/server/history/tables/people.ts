import type { ColumnType, Generated } from 'kysely';

export type Timestamps = {
	created_at: Generated<Date>;
	updated_at: Generated<Date>;
};

export type WorkspacesTable = Timestamps & { id: string; name: string };

export type UsersTable = Timestamps & {
	id: string;
	email: string;
	name: string;
	password_hash: string;
};

export type SessionsTable = Timestamps & { id: string; user_id: string; expires_at: Date };

export type MemberRole = 'owner' | 'operator' | 'viewer';

export type MembersTable = Timestamps & {
	id: string;
	workspace_id: string;
	user_id: string;
	role: MemberRole;
};

/** bigint: pg gives it as text, since it may exceed 2^53; ours never does (it counts events). */
export type BigIntColumn = ColumnType<string, number | string, number | string>;
