import { createServer } from 'vite';
import { readConfig } from '../src/lib/server/config.ts';
import { connectDatabase, migrateToLatest } from '../src/lib/server/history/database.ts';
import { ensureServices } from './services/ensure.ts';

// The development server: npm run dev [with REDIS_URL / DATABASE_URL, else embedded services]

const services = await ensureServices({
	redisUrl: process.env['REDIS_URL'],
	databaseUrl: process.env['DATABASE_URL']
});
process.env['REDIS_URL'] = services.redisUrl;
process.env['DATABASE_URL'] = services.databaseUrl;

const { database } = readConfig(process.env);
const db = connectDatabase(database, () => undefined);
await migrateToLatest(db);
await db.destroy();

const server = await createServer({ server: { host: '127.0.0.1' } });
await server.listen();
server.printUrls();

async function stop(): Promise<void> {
	await server.close();
	await services.stop();
	process.exit();
}
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => void stop());
