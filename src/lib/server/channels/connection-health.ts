import type { Logger } from '../observability/logger.ts';
import type { Connection, ConnectionStore, HealthReport } from './connection-store.ts';
import * as instagram from './instagram/login.ts';
import type { MetaClient } from './meta/client.ts';
import { MetaError } from './meta/errors.ts';
import { debugToken } from './meta/oauth.ts';
import { missingPermissions } from './meta/permissions.ts';
import type { ConnectionWebhooks } from './connection-webhooks.ts';

export type ConnectionHealthOptions = {
	readonly client: MetaClient;
	readonly connections: ConnectionStore;
	readonly webhooks: ConnectionWebhooks;
	readonly logger: Logger;
};

/** What was found of a token, and of which: a newer one must not be held to it. */
type CheckedToken = HealthReport & { readonly tokenVersion: number };

const DAY_MS = 86_400_000;
/** From then on the seller is told that access ends. */
const EXPIRING_MS = 7 * DAY_MS;
/** A token of Instagram Login may be renewed when it is this old (PLATFORMS 1.10). */
const RENEWABLE_MS = DAY_MS;

/** Looks at how connections stand: token, permissions, webhooks; renews what can be renewed. */
export class ConnectionHealthCheck {
	readonly #options: ConnectionHealthOptions;

	constructor(options: ConnectionHealthOptions) {
		this.#options = options;
	}

	/** Checks every connection; a fault of one does not keep the others from being checked. */
	async checkAll(): Promise<void> {
		for (const connection of await this.#options.connections.all()) {
			try {
				await this.check(connection);
			} catch (error) {
				const { id: connectionId } = connection;
				this.#options.logger.warn({ err: error, connectionId }, 'a connection was not checked');
			}
		}
	}

	/** Checks one and notes the result. Meta being away says nothing about the connection. */
	async check(connection: Connection): Promise<void> {
		const { connections } = this.#options;
		try {
			const report =
				connection.login === 'facebook'
					? await this.#checkFacebook(connection)
					: await this.#checkInstagram(connection);
			if (await connections.reportHealth(connection.id, report.tokenVersion, report)) {
				if (report.health !== 'needs_reauth') await this.#options.webhooks.ensure(connection);
			}
		} catch (error) {
			if (!(error instanceof MetaError)) throw error;
			await this.failed(connection, error);
		}
	}

	/** A call with the connection's token failed. */
	async failed(connection: Connection, error: MetaError): Promise<void> {
		const { kind, code, subcode } = error;
		const { id: connectionId, tokenVersion } = connection;
		this.#options.logger.info({ connectionId, kind, code, subcode }, 'a connection has a fault');
		if (kind !== 'needs_reauth' && kind !== 'permission') return;
		await this.#options.connections.reportHealth(connectionId, tokenVersion, {
			health: kind === 'needs_reauth' ? 'needs_reauth' : 'degraded',
			detail: error.explanation
		});
	}

	async #checkFacebook(connection: Connection): Promise<CheckedToken> {
		const { client, connections } = this.#options;
		const { token, version: tokenVersion } = await connections.openTokens(connection.id);
		const facts = await debugToken(client, token);
		if (!facts.valid) {
			const detail =
				facts.error?.explanation ?? 'Meta no longer accepts the access. Connect again.';
			return { health: 'needs_reauth', detail, tokenVersion };
		}
		const { platform, login, accountId, pageId } = connection;
		const missing = missingPermissions({
			platform,
			login,
			granted: facts.scopes,
			granularScopes: facts.granularScopes,
			assetIds: pageId === null ? [accountId] : [accountId, pageId]
		});
		const { expiresAt: tokenExpiresAt, dataAccessExpiresAt } = facts;
		return {
			...healthOf(missing, earliest(tokenExpiresAt, dataAccessExpiresAt)),
			tokenVersion,
			missingPermissions: missing.map(({ why }) => why),
			tokenExpiresAt,
			dataAccessExpiresAt
		};
	}

	/** Instagram Login has no word on a token but whether it works; it lives 60 days unless renewed. */
	async #checkInstagram(connection: Connection): Promise<CheckedToken> {
		const { client, connections } = this.#options;
		const { id, tokenIssuedAt, tokenExpiresAt } = connection;
		// What was granted is told at the login only; all of it is needed.
		const missing = connection.missingPermissions.map((why) => ({ need: 'required', why }));
		const { token, version } = await connections.openTokens(id);
		await instagram.me(client, token);
		if (Date.now() - tokenIssuedAt.getTime() < RENEWABLE_MS) {
			return { ...healthOf(missing, tokenExpiresAt), tokenVersion: version };
		}
		const renewed = await instagram.refreshToken(client, token);
		await connections.renewToken(id, version, renewed.token, renewed.expiresAt);
		return { ...healthOf(missing, renewed.expiresAt), tokenVersion: version + 1 };
	}
}

/** What a connection's health is with these permissions missing and access until then. */
export function healthOf(
	missing: readonly { readonly need: string; readonly why: string }[],
	until: Date | null
): HealthReport {
	const required = missing.find(({ need }) => need === 'required');
	if (required) return { health: 'degraded', detail: required.why };
	if (until && until.getTime() - Date.now() < EXPIRING_MS) {
		return { health: 'expiring', detail: 'Access ends soon. Connect again to prolong it.' };
	}
	return { health: 'ok', detail: missing[0]?.why ?? null };
}

function earliest(...times: (Date | null)[]): Date | null {
	const known = times.filter((time) => time !== null);
	return known.length === 0 ? null : new Date(Math.min(...known.map((time) => time.getTime())));
}
