import type { ColumnType, Generated, GeneratedAlways } from 'kysely';
import type { ClaimState, CommentOutcome, ShowEventType } from '../../../domain/events.ts';
import type { Removal } from '../../../domain/removal.ts';
import type { BigIntColumn, Timestamps } from './people.ts';

export type ClaimsTable = Timestamps & {
	id: string;
	show_id: string;
	item_id: string;
	item_number: number;
	buyer_key: string;
	platform: string;
	user_id: string;
	handle: string;
	display_name: string | null;
	state: ClaimState | 'released';
	rank: BigIntColumn;
	/** Seq of the claim.created event. */
	created_seq: BigIntColumn;
	/** Seq of the event that gave the unit; null for a claim that has only waited. */
	won_seq: ColumnType<string | null, number | null, number | null>;
	claimed_at: Date;
	promoted_at: Date | null;
	released_at: Date | null;
};

export type CommentsTable = Timestamps & {
	show_id: string;
	seq: BigIntColumn;
	platform: string;
	live_id: string;
	comment_id: string;
	user_id: string | null;
	handle: string;
	display_name: string | null;
	from_page: Generated<boolean>;
	text: string;
	posted_at: Date | null;
	received_at: Date;
	intent: 'claim' | 'pass' | null;
	item_number: number | null;
	outcome: CommentOutcome;
	claim_id: string | null;
	position: number | null;
	/** Why words and author are gone; null while they are there. */
	removed: Generated<Removal | null>;
};

export type EventsTable = {
	show_id: string;
	seq: BigIntColumn;
	epoch: string;
	at: Date;
	type: ShowEventType;
	/** The item that the event is about; null for comments. */
	item_number: number | null;
	data: ColumnType<unknown, string, never>;
	created_at: Generated<Date>;
};

export type AuditLogTable = {
	id: Generated<string>;
	workspace_id: string;
	show_id: string | null;
	seq: ColumnType<string | null, number | null, never>;
	actor: string;
	action: string;
	target: string;
	details: ColumnType<unknown, string, never>;
	at: Date;
	created_at: Generated<Date>;
	/** The order in which entries were written. */
	entry: GeneratedAlways<string>;
	/** What the action is about: `claim`, `item`, `show`, `channel`, … */
	kind: GeneratedAlways<string>;
};
