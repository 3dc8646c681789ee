import { randomUUID } from 'node:crypto';
import type { Kysely } from 'kysely';
import { AppError } from '../errors.ts';
import type { Database, Db } from '../history/database.ts';
import type { ConnectionHealth, LivePlatform, MetaLogin } from '../history/tables/channels.ts';
import type { TokenVault } from './token-vault.ts';

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

const COLUMNS = [
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

/** What a token is sealed for, beside its connection. */
export const TOKEN = 'token';
export const USER_TOKEN = 'user-token';

/** Connected accounts. Tokens are sealed for the row that they stand in (token-vault.ts). */
export class ConnectionStore {
	readonly #db: Db;
	readonly #vault: TokenVault;

	constructor(db: Db, vault: TokenVault) {
		this.#db = db;
		this.#vault = vault;
	}

	async list(workspaceId: string): Promise<Connection[]> {
		return await this.#db
			.selectFrom('connections')
			.select(COLUMNS)
			.where('workspace_id', '=', workspaceId)
			.orderBy('account_name')
			.orderBy('platform')
			.execute();
	}

	/** Every connection, for the health job. */
	async all(): Promise<Connection[]> {
		return await this.#db.selectFrom('connections').select(COLUMNS).orderBy('id').execute();
	}

	/** Null for one that does not exist. */
	async find(id: string): Promise<Connection | null> {
		const row = await this.#db
			.selectFrom('connections')
			.select(COLUMNS)
			.where('id', '=', id)
			.executeTakeFirst();
		return row ?? null;
	}

	/** Connections of an account in any workspace: webhooks name the account only. */
	async ofAccount(platform: LivePlatform, accountId: string): Promise<Connection[]> {
		return await this.#db
			.selectFrom('connections')
			.select(COLUMNS)
			.where('platform', '=', platform)
			.where((eb) => eb.or([eb('account_id', '=', accountId), eb('alternate_id', '=', accountId)]))
			.execute();
	}

	/** Every connection, of all workspaces, that lives on what this person granted. */
	async ofGrantor(login: MetaLogin, grantorId: string): Promise<Connection[]> {
		return await this.#db
			.selectFrom('connections')
			.select(COLUMNS)
			.where('login', '=', login)
			.where('grantor_id', '=', grantorId)
			.execute();
	}

	/** Every connection, of all workspaces, that uses this page's token. */
	async ofPage(pageId: string): Promise<Connection[]> {
		return await this.#db
			.selectFrom('connections')
			.select(COLUMNS)
			.where('page_id', '=', pageId)
			.execute();
	}

	/**
	 * Adds an account, or gives the one that is connected already its new tokens: then its channels go
	 * on where they stopped. Returns its id.
	 */
	async save(connection: NewConnection): Promise<string> {
		return await this.#db.transaction().execute(async (tx) => {
			const existing = await tx
				.selectFrom('connections')
				.select('id')
				.where('workspace_id', '=', connection.workspaceId)
				.where('platform', '=', connection.platform)
				.where('account_id', '=', connection.accountId)
				.forUpdate()
				.executeTakeFirst();
			const id = existing?.id ?? randomUUID();
			const values = {
				login: connection.login,
				alternate_id: connection.alternateId,
				account_name: connection.accountName,
				page_id: connection.pageId,
				grantor_id: connection.grantorId,
				token: this.#vault.seal(connection.token, id, TOKEN),
				user_token:
					connection.userToken === null
						? null
						: this.#vault.seal(connection.userToken, id, USER_TOKEN),
				token_issued_at: new Date(),
				token_expires_at: connection.tokenExpiresAt,
				data_access_expires_at: connection.dataAccessExpiresAt,
				missing_permissions: [...connection.missingPermissions],
				health: connection.health,
				health_detail: connection.healthDetail,
				checked_at: new Date()
			};
			if (existing) {
				await tx
					.updateTable('connections')
					.set((eb) => ({ ...values, token_version: eb('token_version', '+', 1) }))
					.where('id', '=', id)
					.execute();
			} else {
				const { workspaceId, platform, accountId } = connection;
				await tx
					.insertInto('connections')
					.values({ id, workspace_id: workspaceId, platform, account_id: accountId, ...values })
					.execute();
				await adoptChannels(tx, { id, workspaceId, platform, accountId });
			}
			return id;
		});
	}

	/** Opens the tokens for a call. Throws `CONNECTION_NOT_FOUND`, `TokenVaultError`. */
	async openTokens(id: string): Promise<ConnectionTokens> {
		const row = await this.#db
			.selectFrom('connections')
			.select(['token', 'user_token', 'token_version'])
			.where('id', '=', id)
			.executeTakeFirst();
		if (!row) throw new AppError('CONNECTION_NOT_FOUND');
		return {
			token: this.#vault.open(row.token, id, TOKEN),
			userToken: row.user_token === null ? null : this.#vault.open(row.user_token, id, USER_TOKEN),
			version: row.token_version
		};
	}

	/** A token that was renewed without the person (PLATFORMS 1.10). */
	async renewToken(id: string, version: number, token: string, expiresAt: Date): Promise<void> {
		await this.#db
			.updateTable('connections')
			.set((eb) => ({
				token: this.#vault.seal(token, id, TOKEN),
				token_issued_at: new Date(),
				token_expires_at: expiresAt,
				token_version: eb('token_version', '+', 1)
			}))
			.where('id', '=', id)
			.where('token_version', '=', version)
			.execute();
	}

	/** Notes how a connection stands, unless its token is a newer one by now. */
	async reportHealth(id: string, version: number, report: HealthReport): Promise<boolean> {
		const { health, detail, missingPermissions, tokenExpiresAt, dataAccessExpiresAt } = report;
		const updated = await this.#db
			.updateTable('connections')
			.set({
				health,
				health_detail: detail,
				checked_at: new Date(),
				...(missingPermissions === undefined
					? {}
					: { missing_permissions: [...missingPermissions] }),
				...(tokenExpiresAt === undefined ? {} : { token_expires_at: tokenExpiresAt }),
				...(dataAccessExpiresAt === undefined
					? {}
					: { data_access_expires_at: dataAccessExpiresAt })
			})
			.where('id', '=', id)
			.where('token_version', '=', version)
			.executeTakeFirst();
		return updated.numUpdatedRows > 0n;
	}

	async setWebhooks(id: string, subscribed: boolean): Promise<void> {
		await this.#db
			.updateTable('connections')
			.set({ webhooks: subscribed })
			.where('id', '=', id)
			.execute();
	}

	/** Forgets the account and its tokens for good. */
	async remove(id: string): Promise<void> {
		await this.#db.deleteFrom('connections').where('id', '=', id).execute();
	}
}

/** Channels of an account that was disconnected go on with its new connection, where they stopped. */
async function adoptChannels(
	db: Kysely<Database>,
	connection: Pick<Connection, 'id' | 'workspaceId' | 'platform' | 'accountId'>
): Promise<void> {
	await db
		.updateTable('channel_sources')
		.from('shows')
		.set({ connection_id: connection.id })
		.whereRef('shows.id', '=', 'channel_sources.show_id')
		.where('shows.workspace_id', '=', connection.workspaceId)
		.where('channel_sources.platform', '=', connection.platform)
		.where('channel_sources.account_id', '=', connection.accountId)
		.where('channel_sources.connection_id', 'is', null)
		.execute();
}
