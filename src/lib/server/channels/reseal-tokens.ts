import type { Db } from '../history/database.ts';
import { TOKEN, USER_TOKEN } from './connection-store.ts';
import type { TokenVault } from './token-vault.ts';

/**
 * Seals every token that is sealed with another than the newest key anew. Returns how many connections
 * it changed; safe to run while the app runs. Throws `TokenVaultError` for a token that no key opens.
 */
export async function resealTokens(db: Db, vault: TokenVault): Promise<number> {
	const rows = await db.selectFrom('connections').select(['id', 'token', 'user_token']).execute();
	const anew = (envelope: string, id: string, purpose: string): string =>
		vault.seal(vault.open(envelope, id, purpose), id, purpose);
	let resealed = 0;
	for (const { id, token, user_token: userToken } of rows) {
		const envelopes = userToken === null ? [token] : [token, userToken];
		if (envelopes.every((envelope) => vault.isCurrent(envelope))) continue;
		const updated = await db
			.updateTable('connections')
			.set({
				token: anew(token, id, TOKEN),
				user_token: userToken === null ? null : anew(userToken, id, USER_TOKEN)
			})
			.where('id', '=', id)
			// Somebody reconnected meanwhile: that token is sealed with the newest key already.
			.where('token', '=', token)
			.executeTakeFirst();
		if (updated.numUpdatedRows > 0n) resealed++;
	}
	return resealed;
}
