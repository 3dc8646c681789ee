import type { ColumnType, Generated } from 'kysely';
import type { BigIntColumn, Timestamps } from './people.ts';

/** What a workspace notes about a person who buys. */
export type BuyerProfilesTable = Timestamps & {
	id: string;
	workspace_id: string;
	note: Generated<string>;
	/** Normalised (domain/buyer-tag.ts), sorted. */
	tags: Generated<string[]>;
	/** Null for somebody who may claim. */
	blocked_at: Date | null;
};

/** Which buyers (`platform:userId`) are that person: several when the workspace has linked them. */
export type BuyerIdentitiesTable = {
	workspace_id: string;
	buyer_key: string;
	profile_id: string;
	created_at: ColumnType<Date, never, never>;
};

/** How new a workspace's block list is; no row before its first change. */
export type BlockListsTable = { workspace_id: string; version: BigIntColumn };
