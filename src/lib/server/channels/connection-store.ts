import { randomUUID } from 'node:crypto';
import { AppError } from '../errors.ts';
import type { Db } from '../history/database.ts';
import type { LivePlatform, MetaLogin } from '../history/tables/channels.ts';
import { adoptChannels } from './channel-store.ts';
import { CONNECTION_COLUMNS, UNOPENABLE } from './connection.ts';
import type { Connection, ConnectionTokens, HealthReport, NewConnection } from './connection.ts';
import { MetaError } from './meta/errors.ts';
import { TokenVaultError } from './token-vault.ts';
import type { TokenVault } from './token-vault.ts';

export type { Connection, ConnectionTokens, HealthReport, NewConnection } from './connection.ts';

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
		return await this.#select()
			.where('workspace_id', '=', workspaceId)
			.orderBy('account_name')
			.orderBy('platform')
			.execute();
	}

	/** Every connection, for the health job. */
	async all(): Promise<Connection[]> {
		return await this.#select().orderBy('id').execute();
	}

	/** Null for one that does not exist. */
	async find(id: string): Promise<Connection | null> {
		return (await this.#select().where('id', '=', id).executeTakeFirst()) ?? null;
	}

	/** Connections of an account in any workspace: webhooks name the account only. */
	async ofAccount(platform: LivePlatform, accountId: string): Promise<Connection[]> {
		return await this.#select()
			.where('platform', '=', platform)
			.where((eb) => eb.or([eb('account_id', '=', accountId), eb('alternate_id', '=', accountId)]))
			.execute();
	}

	/** Every connection, of all workspaces, that lives on what this person granted. */
	async ofGrantor(login: MetaLogin, grantorId: string): Promise<Connection[]> {
		return await this.#select()
			.where('login', '=', login)
			.where('grantor_id', '=', grantorId)
			.execute();
	}

	/** Every connection, of all workspaces, that uses this page's token. */
	async ofPage(pageId: string): Promise<Connection[]> {
		return await this.#select().where('page_id', '=', pageId).execute();
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

	/**
	 * Opens the tokens for a call. Throws `CONNECTION_NOT_FOUND`, and `MetaError` `needs_reauth` for tokens
	 * that no key of this server opens: a new login is what helps.
	 */
	async openTokens(id: string): Promise<ConnectionTokens> {
		const row = await this.#db
			.selectFrom('connections')
			.select(['token', 'user_token', 'token_version'])
			.where('id', '=', id)
			.executeTakeFirst();
		if (!row) throw new AppError('CONNECTION_NOT_FOUND');
		const { token, user_token: userToken, token_version: version } = row;
		try {
			return {
				token: this.#vault.open(token, id, TOKEN),
				userToken: userToken === null ? null : this.#vault.open(userToken, id, USER_TOKEN),
				version
			};
		} catch (error) {
			if (!(error instanceof TokenVaultError)) throw error;
			throw new MetaError('needs_reauth', error.message, { explanation: UNOPENABLE });
		}
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

	#select() {
		return this.#db.selectFrom('connections').select(CONNECTION_COLUMNS);
	}
}
