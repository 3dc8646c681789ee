import { randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { parseArgs } from 'node:util';
import { readConfig } from '../src/lib/server/config.ts';
import { createAppContext } from '../src/lib/server/context.ts';
import type { AppContext } from '../src/lib/server/context.ts';
import { createShow } from '../src/lib/server/history/create-show.ts';
import { connectDatabase, migrateToLatest } from '../src/lib/server/history/database.ts';
import type { Db } from '../src/lib/server/history/database.ts';
import type { Rehearsal } from '../src/lib/server/rehearsal/format.ts';
import { RehearsalPlayer } from '../src/lib/server/rehearsal/player.ts';
import { RehearsalFormatError, readRehearsal } from '../src/lib/server/rehearsal/read.ts';
import {
	digestsAgree,
	rehearsalResult,
	waitUntilPersisted
} from '../src/lib/server/rehearsal/result.ts';
import type { RehearsalResult } from '../src/lib/server/rehearsal/result.ts';
import { openExportDirectory, writeExports } from './lib/export-show.ts';
import { RehearsalMeta } from './lib/rehearsal-meta.ts';
import { ensureServices } from './services/ensure.ts';

// Plays a recorded show through the whole pipeline:
//   npm run rehearse -- FILE [--speed N] [--meta] [--export DIR] [--json]
// Exit code 0: done and all digests equal; 1: they differ, or it could not run; 2: bad file, directory or
// usage.

const USAGE = `Usage: npm run rehearse -- FILE [--speed N] [--meta] [--export DIR] [--json]

  FILE          a recorded show, JSON Lines (e.g. static/rehearsals/saturday-boutique.jsonl)
  --speed N     1 plays as recorded, 10 ten times as fast; 0, the default, as fast as it goes
  --meta        lets Facebook's and Instagram's comments come through a stand-in for Meta: by polling,
                stream and signed webhooks, some of them twice; other platforms' go straight to the
                allocator. Uses services of its own unless REDIS_URL and DATABASE_URL are set
  --export DIR  writes claims.csv, buyers.csv, comments.csv and events.jsonl of the show into DIR, times
                in UTC, without byte order mark. Makes DIR; replaces files of these names, and says so
  --json        prints exactly one JSON object on stdout`;

type Arguments = {
	readonly file: string;
	readonly speed: number;
	readonly meta: boolean;
	/** Where the files of the played show go; null for nowhere. */
	readonly exportTo: string | null;
	readonly json: boolean;
};

const WORKSPACE_NAME = 'Rehearsals';
/** Comments on their way through the stand-in at once: some pages of a poll. */
const STAGED_IN_FLIGHT = 500;

function say(text: string): void {
	process.stderr.write(`${text}\n`);
}

function readArguments(): Arguments | null {
	try {
		const { values, positionals } = parseArgs({
			allowPositionals: true,
			options: {
				speed: { type: 'string', default: '0' },
				meta: { type: 'boolean', default: false },
				export: { type: 'string' },
				json: { type: 'boolean', default: false }
			}
		});
		const [file, ...rest] = positionals;
		const speed = Number(values.speed);
		if (file === undefined || rest.length > 0) throw new Error('name one file');
		if (!Number.isFinite(speed) || speed < 0) throw new Error('--speed takes a number from 0 on');
		if (values.export === '') throw new Error('--export takes a directory');
		const { meta, json } = values;
		return { file, speed, meta, exportTo: values.export ?? null, json };
	} catch (error) {
		say(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
		return null;
	}
}

async function readFile(file: string): Promise<Rehearsal | null> {
	try {
		return await readRehearsal(file);
	} catch (error) {
		if (error instanceof RehearsalFormatError)
			say(`${file} is not a valid rehearsal:\n${error.message}`);
		else say(`${file} can’t be read: ${error instanceof Error ? error.message : String(error)}`);
		return null;
	}
}

async function mayExportTo(directory: string | null): Promise<boolean> {
	try {
		if (directory !== null) await openExportDirectory(directory);
		return true;
	} catch (error) {
		say(`${directory} can’t be written: ${error instanceof Error ? error.message : String(error)}`);
		return false;
	}
}

async function exportShow(
	{ db }: AppContext,
	showId: string,
	target: { readonly directory: string; readonly signal: AbortSignal }
): Promise<void> {
	const workspaceId = await rehearsalWorkspace(db);
	const replaced = await writeExports(db, { workspaceId, showId }, target);
	const note = replaced.length > 0 ? ` (replaced ${replaced.join(', ')})` : '';
	say(`The show’s files are in ${target.directory}${note}`);
}

async function migrate(databaseUrl: string): Promise<void> {
	const db = connectDatabase({ url: databaseUrl, poolSize: 2 }, () => undefined);
	try {
		await migrateToLatest(db);
	} finally {
		await db.destroy();
	}
}

/** The workspace that rehearsals of the command line go to. */
async function rehearsalWorkspace(db: Db): Promise<string> {
	const found = await db
		.selectFrom('workspaces')
		.select('id')
		.where('name', '=', WORKSPACE_NAME)
		.orderBy('created_at')
		.executeTakeFirst();
	if (found) return found.id;
	const id = randomUUID();
	await db.insertInto('workspaces').values({ id, name: WORKSPACE_NAME }).execute();
	return id;
}

async function rehearse(
	context: AppContext,
	rehearsal: Rehearsal,
	options: { readonly speed: number; readonly fake: RehearsalMeta | null },
	signal: AbortSignal
): Promise<RehearsalResult> {
	const startedAt = performance.now();
	const workspaceId = await rehearsalWorkspace(context.db);
	const showId = await createShow(context.db, {
		workspaceId,
		name: rehearsal.header.name,
		claimWord: rehearsal.header.claimWord,
		passWord: rehearsal.header.passWord,
		isRehearsal: true
	});
	const staged = await options.fake?.stage(context, { workspaceId, showId, rehearsal, signal });
	let shownAt = startedAt;
	const player = new RehearsalPlayer(showId, {
		comments: staged?.stage ?? context.comments,
		actions: context.actions,
		speed: options.speed,
		inFlight: staged ? STAGED_IN_FLIGHT : undefined,
		signal,
		onLine: (played) => {
			if (performance.now() - shownAt < 2_000) return;
			shownAt = performance.now();
			say(`  ${played} of ${rehearsal.lines.length} lines played`);
		}
	});
	const counts = await player.play(rehearsal);
	// The channels' last reports belong to the log; then it is complete.
	await staged?.closed();
	await waitUntilPersisted(context, showId);
	const result = await rehearsalResult(context, showId, counts, startedAt);
	await staged?.disconnect();
	return result;
}

function printTable(result: RehearsalResult): void {
	const { show, counts, digests, persisted } = result;
	const lines = [`${show.name} (${show.status}, ${show.id})`, ''];
	for (const item of result.items) {
		const sold = `${item.winners.length}/${item.quantity}`.padStart(9);
		const winners = item.winners.join(', ') || '–';
		const waiting = item.waitlist.length > 0 ? `  (+${item.waitlist.length} waiting)` : '';
		lines.push(`${item.number.padStart(6)}${sold}  ${item.title}: ${winners}${waiting}`);
	}
	lines.push(
		'',
		Object.entries(counts)
			.map(([name, count]) => `${name} ${count}`)
			.join(' · ')
	);
	lines.push(
		`persisted: ${persisted.events} events, ${persisted.comments} comments, ${persisted.claims} claims`
	);
	lines.push(
		digestsAgree(digests)
			? `digest: ${digests.events} (log, Redis and Postgres agree)`
			: `DIGESTS DIFFER: log ${digests.events}, Redis ${digests.redis}, Postgres ${digests.postgres}`
	);
	lines.push(`${result.elapsedMs} ms`);
	process.stdout.write(`${lines.join('\n')}\n`);
}

async function main(): Promise<number> {
	const options = readArguments();
	if (!options) return 2;
	const rehearsal = await readFile(options.file);
	if (!rehearsal || !(await mayExportTo(options.exportTo))) return 2;

	const abort = new AbortController();
	setMaxListeners(0, abort.signal);
	process.once('SIGINT', () => abort.abort(new Error('interrupted')));
	process.once('SIGTERM', () => abort.abort(new Error('interrupted')));

	const services = await ensureServices({
		redisUrl: process.env['REDIS_URL'],
		databaseUrl: process.env['DATABASE_URL'],
		// Workers of a running app know another Meta, and would take our channels' jobs.
		ephemeral: options.meta
	});
	const fake = options.meta ? await RehearsalMeta.start() : null;
	try {
		await migrate(services.databaseUrl);
		const context = await createAppContext(
			readConfig({
				LOG_LEVEL: 'warn',
				...process.env,
				...fake?.env,
				ROLE: 'all',
				NODE_ENV: 'development',
				REDIS_URL: services.redisUrl,
				DATABASE_URL: services.databaseUrl
			})
		);
		try {
			await fake?.serve(context);
			const result = await rehearse(
				context,
				rehearsal,
				{ speed: options.speed, fake },
				abort.signal
			);
			if (options.exportTo !== null) {
				const target = { directory: options.exportTo, signal: abort.signal };
				await exportShow(context, result.show.id, target);
			}
			if (options.json) process.stdout.write(`${JSON.stringify(result)}\n`);
			else printTable(result);
			return digestsAgree(result.digests) ? 0 : 1;
		} finally {
			await context.close();
		}
	} finally {
		await fake?.stop();
		await services.stop();
	}
}

try {
	process.exitCode = await main();
} catch (error) {
	say(`The rehearsal failed: ${error instanceof Error ? error.message : String(error)}`);
	process.exitCode = 1;
}
