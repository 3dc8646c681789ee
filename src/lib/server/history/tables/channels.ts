import type { ColumnType, Generated } from 'kysely';
import type { Timestamps } from './people.ts';

/** Platforms that Sellary reads broadcasts of. */
export type LivePlatform = 'facebook' | 'instagram';
/** By which of Meta's logins an account was connected (PLATFORMS 1.2, 1.10). */
export type MetaLogin = 'facebook' | 'instagram';
export type ConnectionHealth = 'unknown' | 'ok' | 'expiring' | 'degraded' | 'needs_reauth';

/** A page or account that a workspace has connected. */
export type ConnectionsTable = Timestamps & {
	id: string;
	workspace_id: string;
	platform: LivePlatform;
	login: MetaLogin;
	/** Page id, or id of the professional Instagram account: what webhooks name. */
	account_id: string;
	/** Instagram Login: the app-scoped id, by which webhooks may name the account too (PLATFORMS 1.10). */
	alternate_id: string | null;
	account_name: string;
	/** The page whose token is used; null for an account of Instagram's own login. */
	page_id: string | null;
	/** The platform's user who gave access. */
	grantor_id: string;
	/** Sealed (token-vault.ts). */
	token: string;
	/** Sealed; the person's own token, for the reads that want one (PLATFORMS 3.6). */
	user_token: string | null;
	/** Grows with each new token, so that a failure of an older one is not held against it. */
	token_version: Generated<number>;
	token_issued_at: Date;
	/** Null: the token has no end of its own. */
	token_expires_at: Date | null;
	data_access_expires_at: Date | null;
	missing_permissions: Generated<string[]>;
	health: Generated<ConnectionHealth>;
	health_detail: string | null;
	checked_at: Date | null;
	/** Whether the account's webhooks are subscribed. */
	webhooks: Generated<boolean>;
};

/** A channel: one broadcast that a show listens to. How it stands is in `channels`. */
export type ChannelSourcesTable = Timestamps & {
	id: string;
	show_id: string;
	/** Null once the account was disconnected. */
	connection_id: string | null;
	platform: LivePlatform;
	account_id: string;
	account_name: string;
	live_id: string;
	/** Facebook: the live's video, whose id is another one (PLATFORMS 2.7). */
	video_id: string | null;
	title: string | null;
	/** When the operator stopped it. */
	stopped_at: Date | null;
	/** When it was closed for good: the broadcast or the show is over. */
	closed_at: Date | null;
	close_reason: 'live_ended' | 'show_ended' | null;
};

/** A show that takes up whatever the account broadcasts. */
export type ChannelWatchesTable = {
	show_id: string;
	connection_id: string;
	created_at: ColumnType<Date, never, never>;
};
