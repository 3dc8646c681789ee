import { connectDatabase, migrateToLatest } from '../src/lib/server/history/database.ts';
import { loadEnvFile } from './lib/load-env.ts';

// `npm run migrate`: brings the schema of DATABASE_URL up to date. Safe to run from several machines at
// once, and again.

loadEnvFile();
const url = process.env['DATABASE_URL'];
if (!url) {
	console.error('DATABASE_URL: must be set, e.g. postgres://user:password@host:5432/sellary');
	process.exit(1);
}

const db = connectDatabase({ url, poolSize: 2, statementTimeoutMs: 0 }, () => undefined);
try {
	const names = await migrateToLatest(db);
	for (const name of names) console.log(`applied ${name}`);
	console.log(names.length === 0 ? 'The schema is up to date.' : 'Done.');
} catch (error) {
	// The driver's own message names the server, but never the password.
	console.error(`The migration failed: ${error instanceof Error ? error.message : String(error)}`);
	process.exitCode = 1;
} finally {
	await db.destroy();
}
