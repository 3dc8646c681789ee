import type { Logger } from '../observability/logger.ts';
import type { Connection, ConnectionStore } from './connection-store.ts';
import { isPageSubscribed, subscribePage, unsubscribePage } from './facebook/page.ts';
import { isAccountSubscribed, subscribeAccount, unsubscribeAccount } from './instagram/account.ts';
import type { InstagramAccess } from './instagram/account.ts';
import type { MetaClient } from './meta/client.ts';
import { MetaError } from './meta/errors.ts';

export type ConnectionWebhooksOptions = {
	readonly client: MetaClient;
	readonly connections: ConnectionStore;
	readonly logger: Logger;
};

/** Subscribes the webhooks of connected accounts (PLATFORMS 2.5, 3.1). */
export class ConnectionWebhooks {
	readonly #options: ConnectionWebhooksOptions;

	constructor(options: ConnectionWebhooksOptions) {
		this.#options = options;
	}

	/** Subscribes the account if it is not. Without webhooks polling and stream still work. */
	async ensure(connection: Connection): Promise<boolean> {
		const { client, connections } = this.#options;
		const { token } = await connections.openTokens(connection.id);
		return await this.#noting(connection, async () => {
			const { accountId: pageId } = connection;
			if (connection.platform === 'facebook') {
				const access = { pageId, token };
				if (!(await isPageSubscribed(client, access))) await subscribePage(client, access);
				return true;
			}
			const access = instagramAccess(connection, token);
			if (!(await isAccountSubscribed(client, access))) await subscribeAccount(client, access);
			return true;
		});
	}

	/**
	 * Ends the account's webhooks, unless another connection lives on the same page's subscription. A
	 * token that is dead can't do it any more; then Meta has ended them itself.
	 */
	async end(connection: Connection): Promise<void> {
		const { client, connections } = this.#options;
		const { platform, accountId, pageId } = connection;
		const others =
			pageId === null
				? await connections.ofAccount(platform, accountId)
				: await connections.ofPage(pageId);
		if (others.some(({ id, login }) => id !== connection.id && login === connection.login)) return;
		const { token } = await connections.openTokens(connection.id);
		await this.#noting(connection, async () => {
			if (connection.platform === 'facebook' && pageId !== null) {
				await unsubscribePage(client, { pageId, token });
			} else {
				await unsubscribeAccount(client, instagramAccess(connection, token));
			}
			return false;
		});
	}

	async #noting(connection: Connection, change: () => Promise<boolean>): Promise<boolean> {
		const { connections, logger } = this.#options;
		try {
			const subscribed = await change();
			if (subscribed !== connection.webhooks) {
				await connections.setWebhooks(connection.id, subscribed);
			}
			return subscribed;
		} catch (error) {
			if (!(error instanceof MetaError)) throw error;
			const { kind, code, subcode } = error;
			logger.warn({ connectionId: connection.id, kind, code, subcode }, 'webhooks not changed');
			if (connection.webhooks) await connections.setWebhooks(connection.id, false);
			return false;
		}
	}
}

function instagramAccess(connection: Connection, token: string): InstagramAccess {
	const { accountId, pageId } = connection;
	return pageId === null
		? { login: 'instagram', accountId, token }
		: { login: 'facebook', pageId, accountId, token };
}
