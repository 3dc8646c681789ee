import { randomBytes } from 'node:crypto';
import type { Connection, ConnectionStore } from './connection-store.ts';
import type { MetaSettings } from './meta/settings.ts';
import { parseSignedRequest } from './meta/signature.ts';

const REMOVED =
	'Access was taken back in the settings at Meta by whoever connected this account. Connect it again.';

/**
 * What people ask of us at Meta itself (PLATFORMS 1.6): to take our access back, and to delete what we have
 * of theirs. Meta tells us by a form field that it signs.
 */
export class RemovalRequests {
	readonly #settings: MetaSettings;
	readonly #connections: ConnectionStore;

	constructor(settings: MetaSettings, connections: ConnectionStore) {
		this.#settings = settings;
		this.#connections = connections;
	}

	/** Their connections need reconnecting. False when Meta did not sign it. */
	async deauthorize(signedRequest: string): Promise<boolean> {
		const connections = await this.#connectionsOf(signedRequest);
		for (const { id, tokenVersion } of connections ?? []) {
			const report = { health: 'needs_reauth', detail: REMOVED } as const;
			await this.#connections.reportHealth(id, tokenVersion, report);
		}
		return connections !== null;
	}

	/** Erases their connections, tokens and all. Returns a code to confirm it by, or null. */
	async deleteData(signedRequest: string): Promise<string | null> {
		const connections = await this.#connectionsOf(signedRequest);
		if (connections === null) return null;
		for (const { id } of connections) await this.#connections.remove(id);
		return randomBytes(9).toString('base64url');
	}

	/** The connections of whoever the request is about; null when none of our apps' secrets signed it. */
	async #connectionsOf(signedRequest: string): Promise<Connection[] | null> {
		const { appSecret, instagram } = this.#settings;
		const facebookUser = parseSignedRequest(signedRequest, appSecret);
		if (facebookUser) return await this.#connections.ofGrantor('facebook', facebookUser.userId);
		const person = instagram && parseSignedRequest(signedRequest, instagram.appSecret);
		return person ? await this.#connections.ofGrantor('instagram', person.userId) : null;
	}
}
