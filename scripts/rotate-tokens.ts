import { resealTokens } from '../src/lib/server/channels/reseal-tokens.ts';
import { TokenVault } from '../src/lib/server/channels/token-vault.ts';
import { readConfig } from '../src/lib/server/config.ts';
import { connectDatabase } from '../src/lib/server/history/database.ts';
import { loadEnvFile } from './lib/load-env.ts';

// Seals every stored token with the newest key of TOKEN_KEYS: npm run tokens:rotate
// Put the new key in front of the list, restart, run this, then take the old key out. The app may run
// meanwhile. Exit code 1 when a token can't be opened with any key of the list.

loadEnvFile();
const config = readConfig(process.env);
const db = connectDatabase({ url: config.database.url, poolSize: 1 }, () => undefined);
try {
	const resealed = await resealTokens(db, new TokenVault(config.tokenKeys));
	console.log(`${resealed} connections were sealed with the newest key.`);
} catch (error) {
	console.error(error instanceof Error ? error.message : error);
	process.exitCode = 1;
} finally {
	await db.destroy();
}
