import type { ConnectionHealth, LivePlatform, MetaLogin } from '../history/tables/channels.ts';

/** A connected page or account, without its tokens. */
export type Connection = {
	readonly id: string;
	readonly workspaceId: string;
	readonly platform: LivePlatform;
	readonly login: MetaLogin;
	readonly accountId: string;
	readonly accountName: string;
	readonly pageId: string | null;
	readonly grantorId: string;
	readonly tokenVersion: number;
	readonly tokenIssuedAt: Date;
	readonly tokenExpiresAt: Date | null;
	readonly dataAccessExpiresAt: Date | null;
	readonly missingPermissions: readonly string[];
	readonly health: ConnectionHealth;
	readonly healthDetail: string | null;
	readonly checkedAt: Date | null;
	readonly webhooks: boolean;
};

/** A connection's tokens, opened for one call. Never keep, log or send them anywhere else. */
export type ConnectionTokens = {
	readonly token: string;
	readonly userToken: string | null;
	readonly version: number;
};

export type NewConnection = {
	readonly workspaceId: string;
	readonly platform: LivePlatform;
	readonly login: MetaLogin;
	readonly accountId: string;
	readonly alternateId: string | null;
	readonly accountName: string;
	readonly pageId: string | null;
	readonly grantorId: string;
	readonly token: string;
	readonly userToken: string | null;
	readonly tokenExpiresAt: Date | null;
	readonly dataAccessExpiresAt: Date | null;
	readonly missingPermissions: readonly string[];
	readonly health: ConnectionHealth;
	readonly healthDetail: string | null;
};

export type HealthReport = {
	readonly health: ConnectionHealth;
	readonly detail: string | null;
	readonly missingPermissions?: readonly string[];
	readonly tokenExpiresAt?: Date | null;
	readonly dataAccessExpiresAt?: Date | null;
};

/** The columns of a `Connection`. */
export const CONNECTION_COLUMNS = [
	'id',
	'workspace_id as workspaceId',
	'platform',
	'login',
	'account_id as accountId',
	'account_name as accountName',
	'page_id as pageId',
	'grantor_id as grantorId',
	'token_version as tokenVersion',
	'token_issued_at as tokenIssuedAt',
	'token_expires_at as tokenExpiresAt',
	'data_access_expires_at as dataAccessExpiresAt',
	'missing_permissions as missingPermissions',
	'health',
	'health_detail as healthDetail',
	'checked_at as checkedAt',
	'webhooks'
] as const;

/** What the seller is told of a connection whose tokens no key of this server opens. */
export const UNOPENABLE =
	'The stored access can’t be opened: this server’s token keys have changed. Connect again, or ask whoever runs the server.';
