import { AppError } from '../errors.ts';
import type { Logger } from '../observability/logger.ts';
import { healthOf } from './connection-health.ts';
import type { ConnectionHealthCheck } from './connection-health.ts';
import type { Connection, ConnectionStore } from './connection-store.ts';
import type { ConnectionWebhooks } from './connection-webhooks.ts';
import type { GrantedAccount, GrantedAccounts } from './granted-accounts.ts';
import type { LoginFlow, LoginSession } from './login-flow.ts';
import type { MetaClient } from './meta/client.ts';
import { MetaError } from './meta/errors.ts';
import { revoke } from './meta/oauth.ts';

/** An account that a seller may connect, as the page shows it: no tokens. */
export type AccountChoice = {
	/** `platform:accountId` */
	readonly key: string;
	readonly platform: 'facebook' | 'instagram';
	readonly name: string;
	/** Connected already: choosing it renews its access. */
	readonly connected: boolean;
	/** Whether it can be connected at all. */
	readonly usable: boolean;
	/** What is missing, in sentences. */
	readonly missing: readonly string[];
};

export type AccountChoices = {
	readonly accounts: readonly AccountChoice[];
	readonly pagesWithoutInstagram: readonly string[];
};

export type ConnectionsOptions = {
	readonly client: MetaClient;
	readonly connections: ConnectionStore;
	readonly flow: LoginFlow;
	readonly health: ConnectionHealthCheck;
	readonly webhooks: ConnectionWebhooks;
	readonly logger: Logger;
};

const NO_ROLE =
	'Your role on this page gives no access to it. Ask an admin of the page to connect it.';

const keyOf = ({ platform, accountId }: { platform: string; accountId: string }): string =>
	`${platform}:${accountId}`;

/** Connecting and disconnecting accounts. */
export class Connections {
	readonly #options: ConnectionsOptions;

	constructor(options: ConnectionsOptions) {
		this.#options = options;
	}

	/** What the seller can choose from after Meta's window. Throws `CONNECT_EXPIRED`. */
	async choices(pickId: string, session: LoginSession): Promise<AccountChoices> {
		const granted = await this.#options.flow.granted(pickId, session);
		const connected = new Set(
			(await this.#options.connections.list(session.workspaceId)).map(keyOf)
		);
		return {
			accounts: granted.accounts.map((account) => ({
				key: keyOf(account),
				platform: account.platform,
				name: account.name,
				connected: connected.has(keyOf(account)),
				usable: account.token !== null,
				missing: account.token === null ? [NO_ROLE] : account.missing.map(({ why }) => why)
			})),
			pagesWithoutInstagram: granted.pagesWithoutInstagram
		};
	}

	/**
	 * Connects the chosen accounts; those that were connected get their new access, and their channels go
	 * on. Returns the connections. Throws `CONNECT_EXPIRED`, `INVALID_INPUT`.
	 */
	async connect(
		pickId: string,
		session: LoginSession,
		keys: readonly string[]
	): Promise<Connection[]> {
		const { flow, connections, health } = this.#options;
		const granted = await flow.granted(pickId, session);
		const chosen = granted.accounts.filter((account) => keys.includes(keyOf(account)));
		if (chosen.length === 0 || chosen.length < new Set(keys).size) {
			throw new AppError('INVALID_INPUT', { message: 'Choose from the accounts that are listed.' });
		}
		const connected: Connection[] = [];
		for (const account of chosen) {
			const id = await this.#save(granted, account, session);
			const connection = await connections.find(id);
			if (!connection) continue;
			await health.check(connection);
			connected.push((await connections.find(id)) ?? connection);
		}
		await flow.forget(pickId);
		return connected;
	}

	async #save(
		granted: GrantedAccounts,
		account: GrantedAccount,
		{ workspaceId }: LoginSession
	): Promise<string> {
		const { token, missing } = account;
		if (token === null) throw new AppError('INVALID_INPUT', { message: NO_ROLE });
		const { login, grantorId, userToken } = granted;
		const asDate = (ms: number | null): Date | null => (ms === null ? null : new Date(ms));
		const tokenExpiresAt = asDate(granted.tokenExpiresAt);
		const { health, detail } = healthOf(missing, tokenExpiresAt);
		return await this.#options.connections.save({
			workspaceId,
			platform: account.platform,
			login,
			accountId: account.accountId,
			alternateId: account.alternateId,
			accountName: account.name,
			pageId: account.pageId,
			grantorId,
			token,
			// Only Instagram's reads through a page want it (PLATFORMS 3.6).
			userToken: account.platform === 'instagram' ? userToken : null,
			tokenExpiresAt,
			dataAccessExpiresAt: asDate(granted.dataAccessExpiresAt),
			missingPermissions: missing.map(({ why }) => why),
			health,
			healthDetail: detail
		});
	}

	/**
	 * Ends webhooks, takes the access back at Meta when no other connection lives on it, and erases the
	 * connection with its tokens. What Meta refuses, and a token that no key opens, do not keep it from
	 * being erased here.
	 */
	async disconnect(connection: Connection): Promise<void> {
		const { client, connections, webhooks } = this.#options;
		const { id, login, grantorId, pageId } = connection;
		await this.#attempt('webhooks were not ended', () => webhooks.end(connection));
		const others = await connections.ofGrantor(login, grantorId);
		const isLast = login === 'facebook' && others.every((other) => other.id === id);
		if (isLast) {
			await this.#attempt('access was not taken back at Meta', () => revoke(client, grantorId));
		}
		await connections.remove(id);
		// Meta may end a page's webhooks with the access of one of its people (unverified).
		for (const other of isLast && pageId !== null ? await connections.ofPage(pageId) : []) {
			await this.#attempt('webhooks were not kept', () => webhooks.ensure(other));
		}
	}

	async #attempt(failure: string, call: () => Promise<unknown>): Promise<void> {
		try {
			await call();
		} catch (error) {
			if (!(error instanceof MetaError)) throw error;
			this.#options.logger.warn({ err: error }, failure);
		}
	}
}
