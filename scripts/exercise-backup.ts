import { execFile } from 'node:child_process';
import { chmod, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { connectDatabase } from '../src/lib/server/history/database.ts';
import { showDigests } from '../src/lib/server/history/digest.ts';
import { projectRoot } from '../src/lib/server/project-root.ts';
import { waitUntilPersisted } from '../src/lib/server/rehearsal/result.ts';
import { LiveShow, openApp } from './exercise/live-show.ts';
import type { ServiceUrls } from './exercise/live-show.ts';
import { findPostgres, startPostgres } from './exercise/postgres-server.ts';
import { FakeMeta } from './fake-meta/server.ts';
import { temporaryHome } from './services/postgres-home.ts';
import { findRedisServer, startRedisServer } from './services/redis-server.ts';

/*
 * npm run exercise:backup
 *
 * A live show under load, backed up twice by `npm run backup`; then everything is destroyed and restored by
 * `npm run restore` in each combination that can happen. Viewers go on writing all the time. Exits with 1
 * when something is lost that must not be. Needs redis-server, and PostgreSQL's server and client of one
 * version (Debian: postgresql).
 */

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const run = promisify(execFile);
const SETTLE_MS = 3_000;
const STALL_MS = 60_000;

type Backup = {
	readonly folder: string;
	/** What was acknowledged, and what of it was in Postgres, before the backup began. */
	readonly acknowledged: number;
	readonly persisted: readonly string[];
	readonly awards: readonly string[];
	readonly epoch: string;
};

type Loss = {
	readonly name: string;
	readonly postgres: Backup;
	/** Whose files Redis gets; null: it starts empty. */
	readonly redis: Backup | null;
};

let faults = 0;
function expectThat(holds: boolean, what: string): void {
	say(`  ${holds ? '✓' : '✗'} ${what}`);
	if (!holds) faults++;
}

const bin = await findPostgres();
const redisServer = await findRedisServer();
if (bin === null || redisServer === undefined) {
	say('This needs redis-server, and PostgreSQL’s server and client (Debian: postgresql).');
	process.exit(1);
}
const home = await temporaryHome();
await chmod(home, 0o755);

async function script(name: string, args: readonly string[], urls: ServiceUrls): Promise<void> {
	const file = join(projectRoot(), 'scripts', name);
	const { stdout } = await run(process.execPath, [file, ...args], {
		env: {
			PATH: `${bin}:${process.env['PATH'] ?? ''}`,
			REDIS_URL: urls.redisUrl,
			DATABASE_URL: urls.databaseUrl
		}
	});
	say(`  ${name} ${args[0]}: ${stdout.trim()}`);
}

/** Waits for a number to get there. Throws when it stands still for a minute. */
async function reach(what: string, goal: number, count: () => Promise<number>): Promise<void> {
	let seen = -1;
	let progressAt = performance.now();
	for (;;) {
		const now = await count();
		if (now >= goal) return;
		if (now !== seen) {
			seen = now;
			progressAt = performance.now();
		}
		if (performance.now() - progressAt > STALL_MS) {
			throw new Error(`${what} stand still at ${now} of ${goal}`);
		}
		await sleep(50);
	}
}

/** The show before the loss; both backups are made while it runs. */
async function play(
	server: string,
	fake: FakeMeta
): Promise<{ show: LiveShow; backups: Backup[] }> {
	const postgres = await startPostgres(bin ?? '', join(home, 'postgres-before'));
	const redis = await startRedisServer({ executable: server, dataDir: join(home, 'before') });
	const urls = { redisUrl: redis.url, databaseUrl: postgres.url };
	const app = await openApp(urls, fake);
	const backups: Backup[] = [];
	try {
		const show = await LiveShow.start(app, fake);
		for (const name of ['first', 'second']) {
			await sleep(SETTLE_MS);
			await show.award(app, `walk-in ${name}`);
			const awards = backups.length + 1;
			await reach('awards', awards, async () => (await show.awardedHandles(app)).length);
			const folder = join(home, `backup-${name}`);
			const { epoch } = await app.live.snapshot(show.showId);
			backups.push({
				folder,
				epoch,
				acknowledged: await show.acknowledgedCount(app),
				persisted: await show.persistedIds(app),
				awards: await show.awardedHandles(app)
			});
			await script('backup.ts', ['--out', folder], urls);
		}
		// What happens now is in no backup.
		await sleep(SETTLE_MS);
		say(`  lost with everything: ${await show.acknowledgedCount(app)} comments stood there`);
		return { show, backups };
	} finally {
		await app.close();
		await redis.stop();
		await postgres.stop();
		await rm(join(home, 'before'), { recursive: true });
		await rm(join(home, 'postgres-before'), { recursive: true });
	}
}

async function restore(server: string, fake: FakeMeta, show: LiveShow, loss: Loss): Promise<void> {
	const place = join(home, loss.name.replaceAll(' ', '-'));
	const postgres = await startPostgres(bin ?? '', `${place}-postgres`);
	const redisFolder = join(place, 'redis');
	await mkdir(redisFolder, { recursive: true });
	const stopped = { redisUrl: 'redis://127.0.0.1:1', databaseUrl: postgres.url };
	if (loss.redis === null || loss.redis === loss.postgres) {
		const redisArgs = loss.redis ? ['--redis-dir', redisFolder] : ['--without-redis'];
		await script('restore.ts', ['--from', loss.postgres.folder, ...redisArgs], stopped);
	} else {
		// Parts of two backups: as after a mistake, or a disk that lost its last minutes.
		await script('restore.ts', ['--from', loss.postgres.folder, '--without-redis'], stopped);
		const { placeAppendOnlyFile } = await import('./backup/redis-files.ts');
		await placeAppendOnlyFile(loss.redis.folder, redisFolder);
	}
	const redis = await startRedisServer({ executable: server, dataDir: place });
	const urls = { redisUrl: redis.url, databaseUrl: postgres.url };
	try {
		await script('restore.ts', ['--finish'], urls);
		await compare(urls, show, loss);
		const app = await openApp(urls, fake);
		try {
			const goal = show.writtenCount;
			await reach('comments', goal, () => show.acknowledgedCount(app));
			await show.award(app, 'walk-in after');
			await sleep(500);
			await waitUntilPersisted(app, show.showId);
			const ids = await show.persistedIds(app);
			expectThat(new Set(ids).size === ids.length, `${ids.length} comments, each once`);
			expectThat(ids.length >= goal, `all ${goal} that were written until the restart are there`);
			const { epoch } = await app.live.snapshot(show.showId);
			expectThat(epoch !== loss.postgres.epoch, 'the show goes on under a new epoch');
		} finally {
			await app.close();
		}
		await agree(urls, show);
	} finally {
		await redis.stop();
		await postgres.stop();
	}
}

/** Before the application runs: what must be there from the backup alone. */
async function compare(urls: ServiceUrls, show: LiveShow, loss: Loss): Promise<void> {
	const db = connectDatabase({ url: urls.databaseUrl, poolSize: 1 }, () => undefined);
	try {
		const there = new Set(await show.persistedIds({ db }));
		const missing = loss.postgres.persisted.filter((id) => !there.has(id));
		const what = `${loss.postgres.persisted.length} comments that Postgres had before its backup`;
		expectThat(missing.length === 0, `${what} are there`);
		if (loss.redis) {
			const { acknowledged } = loss.redis;
			expectThat(
				there.size >= acknowledged,
				`${acknowledged} acknowledged before Redis’s backup, too`
			);
		}
		const awards = await show.awardedHandles({ db });
		const wanted = loss.redis ? loss.redis.awards : loss.postgres.awards;
		expectThat(
			[...wanted, ...loss.postgres.awards].every((handle) => awards.includes(handle)),
			`what operators did is there: ${awards.join(', ')}`
		);
	} finally {
		await db.destroy();
	}
}

/** At rest: the application has ended, and with it what reads the broadcast. */
async function agree(urls: ServiceUrls, show: LiveShow): Promise<void> {
	const app = await openApp(urls, null);
	try {
		await app.writeBehind.persist(show.showId);
		const digests = await showDigests(app.db, app.redis, app.scripts, show.showId);
		expectThat(new Set(Object.values(digests)).size === 1, 'log, Redis and Postgres agree');
	} finally {
		await app.close();
	}
}

const fake = await FakeMeta.start({ seed: 7 });
try {
	say('a live show, backed up twice under load');
	const { show, backups } = await play(redisServer, fake);
	const [first, second] = backups;
	if (!first || !second) throw new Error('there are no backups');
	const losses: readonly Loss[] = [
		{ name: 'everything is lost', postgres: second, redis: second },
		{ name: 'Postgres alone was kept', postgres: second, redis: null },
		{ name: 'Redis is ahead of Postgres', postgres: first, redis: second },
		{ name: 'Redis is behind Postgres', postgres: second, redis: first }
	];
	for (const loss of losses) {
		say(loss.name);
		await restore(redisServer, fake, show, loss);
	}
	await show.stopWriting();
} finally {
	await fake.stop();
	await rm(home, { recursive: true, force: true, maxRetries: 5 });
}
say(faults === 0 ? '✓ nothing was lost that was backed up' : `✗ ${faults} faults`);
process.exit(faults === 0 ? 0 : 1);
