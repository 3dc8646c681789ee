import { mkdir, rm } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { writeManifest } from './backup/manifest.ts';
import type { Manifest } from './backup/manifest.ts';
import { dumpPostgres } from './backup/postgres-dump.ts';
import { copyAppendOnlyFile } from './backup/redis-files.ts';
import { loadEnvFile } from './lib/load-env.ts';

/*
 * npm run backup -- --out DIR [--redis-dir DIR | --without-redis]
 *
 * Backs Redis and Postgres up while the application runs (docs/operations/deployment.md). Redis first: what
 * it hands to Postgres in between is then in both, and what it never handed over is in its own file. The
 * other way round the part in between could be in neither.
 */

const HELP = `Usage: npm run backup -- --out DIR [--redis-dir DIR | --without-redis]

Backs up what REDIS_URL and DATABASE_URL name, while the application runs.
  --out DIR          a new folder for the backup
  --redis-dir DIR    the data folder of Redis as seen from here; default: where Redis says
  --without-redis    Postgres alone: loses what Redis has not handed over, usually less than a second
`;

const { values } = parseArgs({
	options: {
		out: { type: 'string' },
		'redis-dir': { type: 'string' },
		'without-redis': { type: 'boolean', default: false },
		help: { type: 'boolean', default: false }
	}
});

async function backUp(out: string): Promise<Manifest> {
	loadEnvFile();
	const { REDIS_URL: redisUrl, DATABASE_URL: databaseUrl } = process.env;
	if (!databaseUrl) throw new Error('DATABASE_URL: must be set');
	const withRedis = !values['without-redis'];
	if (withRedis && !redisUrl) throw new Error('REDIS_URL: must be set, or use --without-redis');
	// It holds people's names and words: for nobody but whoever makes it.
	await mkdir(out, { recursive: false, mode: 0o700 });
	try {
		if (withRedis && redisUrl) await copyAppendOnlyFile(redisUrl, values['redis-dir'] ?? null, out);
		await dumpPostgres(databaseUrl, out);
		return await writeManifest(out, withRedis);
	} catch (error) {
		// Half of a backup is none, holds people's words, and would stand in the way of the next attempt.
		await rm(out, { recursive: true, force: true });
		throw error;
	}
}

function tell(out: string, { files }: Manifest): void {
	const megabytes = files.reduce((sum, { bytes }) => sum + bytes, 0) / 1_000_000;
	console.log(`${files.length} files, ${megabytes.toFixed(1)} MB in ${out}`);
}

if (values.help || values.out === undefined) {
	console.log(HELP);
	process.exitCode = values.help ? 0 : 2;
} else {
	try {
		tell(values.out, await backUp(values.out));
	} catch (error) {
		console.error(`No backup: ${error instanceof Error ? error.message : String(error)}`);
		process.exitCode = 1;
	}
}
