import type { ColumnType, Generated } from 'kysely';

export type Timestamps = {
	created_at: Generated<Date>;
	updated_at: Generated<Date>;
};

export type WorkspacesTable = Timestamps & {
	id: string;
	name: string;
	/** IANA name; `UTC` unless chosen. */
	time_zone: Generated<string>;
	/** Words that new shows start with. */
	claim_word: Generated<string>;
	pass_word: Generated<string>;
	/** 2–10; null: as the server paces itself. */
	poll_seconds: number | null;
	/** Whether consoles sound unless their operator switched that. */
	sounds: Generated<boolean>;
	/** 1–3650: days that comments of people who claimed nothing are kept after a show; null: for good. */
	retention_days: number | null;
};

export type UsersTable = Timestamps & {
	id: string;
	email: string;
	name: string;
	password_hash: string;
};

export type SessionsTable = Timestamps & {
	id: string;
	user_id: string;
	expires_at: Date;
	/** The workspace that was chosen; null: the one that the person joined first. */
	workspace_id: string | null;
	/** Browser and system in words of ours; null: not known. */
	device: string | null;
	/** To five minutes; null: not since that is noted. */
	last_used_at: Date | null;
};

export type MemberRole = 'owner' | 'operator' | 'viewer';

export type MembersTable = Timestamps & {
	id: string;
	workspace_id: string;
	user_id: string;
	role: MemberRole;
};

/** A link that lets one person join. */
export type InvitesTable = Timestamps & {
	id: string;
	workspace_id: string;
	/** SHA-256 of the token. */
	token_hash: string;
	role: Exclude<MemberRole, 'owner'>;
	/** The owner who made it. */
	created_by: string;
	expires_at: Date;
};

/** bigint: pg gives it as text, since it may exceed 2^53; ours never does (it counts events). */
export type BigIntColumn = ColumnType<string, number | string, number | string>;
