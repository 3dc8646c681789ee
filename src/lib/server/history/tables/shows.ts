import type { ColumnType, Generated } from 'kysely';
import type {
	ChannelReason,
	ChannelStatus,
	ItemState,
	ShowStatus
} from '../../../domain/events.ts';
import type { Timestamps } from './people.ts';

export type ShowsTable = Timestamps & {
	id: string;
	workspace_id: string;
	name: string;
	status: Generated<ShowStatus>;
	claim_word: string;
	pass_word: string;
	is_rehearsal: Generated<boolean>;
	/** What the show chose in place of its workspace; null: as the workspace has it. */
	poll_seconds: number | null;
	sounds: boolean | null;
	/** Number of the item that the host holds up now. */
	showing: number | null;
	/** With `last_seq` the cursor of the durable log. */
	epoch: string;
	last_seq: ColumnType<string, number | undefined, number>;
	/** Comments in the log, so that lists need not count them. */
	comment_count: ColumnType<string, number | undefined, number | string>;
	started_at: Date | null;
	ended_at: Date | null;
	/** How often its log was rewritten, to remove names and words. */
	rewrites: Generated<number>;
};

/** A show whose comments of non-buyers are being removed, or were (redaction/retention.ts). */
export type ShowRetentionTable = Timestamps & {
	show_id: string;
	/** How long they were kept. */
	days: number;
	/** 32 random bytes that make the pseudonyms; null once it is finished. */
	pseudonym_key: Buffer | null;
	/** The events up to this one are done. */
	done_seq: ColumnType<string, number | undefined, number>;
	/** What was removed; null before it is finished. */
	comments: number | null;
	people: number | null;
	finished_at: Date | null;
};

export type ItemsTable = Timestamps & {
	id: string;
	show_id: string;
	number: number;
	title: string;
	quantity: number;
	state: ItemState;
	/** Seq of the last event that changed the allocation. */
	changed_seq: ColumnType<string, number | undefined, number>;
	removed_at: Date | null;
};

export type ChannelsTable = Timestamps & {
	id: string;
	show_id: string;
	platform: string;
	live_id: string;
	status: ChannelStatus;
	reason: ChannelReason | null;
	detail: string | null;
};
