import { parseArgs } from 'node:util';
import { verifyBackup } from './backup/manifest.ts';
import { restorePostgres } from './backup/postgres-dump.ts';
import { placeAppendOnlyFile, redisAnswers } from './backup/redis-files.ts';
import { beginNewEpochs } from './backup/new-epochs.ts';
import { loadEnvFile } from './lib/load-env.ts';

/*
 * npm run restore -- --from DIR [--redis-dir DIR | --without-redis]
 * npm run restore -- --finish
 *
 * Two steps, with the start of Redis in between, and the application stopped (docs/operations/deployment.md).
 */

const HELP = `Usage: npm run restore -- --from DIR (--redis-dir DIR | --without-redis)
       npm run restore -- --finish

With the application and Redis stopped, the first step fills the empty database that DATABASE_URL names and
the data folder of Redis. Then start Redis. The second step gives every show a new epoch, and compares log,
Redis and Postgres. Then start the application.
  --from DIR         a backup of \`npm run backup\`
  --redis-dir DIR    the data folder of Redis as seen from here
  --without-redis    Postgres alone: shows are rebuilt from it
`;

const { values } = parseArgs({
	options: {
		from: { type: 'string' },
		'redis-dir': { type: 'string' },
		'without-redis': { type: 'boolean', default: false },
		finish: { type: 'boolean', default: false },
		help: { type: 'boolean', default: false }
	}
});

async function restore(from: string, redisFolder: string | null): Promise<void> {
	const { REDIS_URL: redisUrl, DATABASE_URL: databaseUrl } = process.env;
	if (!databaseUrl) throw new Error('DATABASE_URL: must be set');
	const manifest = await verifyBackup(from);
	if (redisFolder !== null) {
		if (process.env['REDIS_CLUSTER'] === 'true') {
			throw new Error(
				'the file of one Redis is of no use to a node of a cluster: use --without-redis, and shows are rebuilt from Postgres'
			);
		}
		if (!manifest.redis) throw new Error('the backup is of Postgres alone: use --without-redis');
		if (redisUrl && (await redisAnswers(redisUrl))) {
			throw new Error('Redis runs: it would not read the files, and write its own over them');
		}
	}
	await restorePostgres(databaseUrl, from);
	if (redisFolder !== null) await placeAppendOnlyFile(from, redisFolder);
	console.log(
		`Restored as of ${manifest.createdAt}. Start Redis, then: npm run restore -- --finish`
	);
}

async function main(): Promise<void> {
	loadEnvFile();
	const { from, finish, 'redis-dir': redisFolder, 'without-redis': withoutRedis } = values;
	if (finish && from === undefined) {
		const { shows, differing } = await beginNewEpochs(process.env);
		console.log(`${shows} shows of Redis go on under new epochs.`);
		for (const showId of differing) console.error(`show ${showId}: log, Redis and Postgres differ`);
		if (differing.length > 0) process.exitCode = 1;
	} else if (from !== undefined && !finish && withoutRedis !== (redisFolder !== undefined)) {
		await restore(from, redisFolder ?? null);
	} else {
		console.log(HELP);
		process.exitCode = values.help ? 0 : 2;
	}
}

try {
	await main();
} catch (error) {
	console.error(`Not restored: ${error instanceof Error ? error.message : String(error)}`);
	process.exitCode = 1;
}
