import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { readConfig } from '../src/lib/server/config.ts';
import { createAppContext } from '../src/lib/server/context.ts';
import type { AppContext } from '../src/lib/server/context.ts';
import { AppError } from '../src/lib/server/errors.ts';
import { createShow } from '../src/lib/server/history/create-show.ts';
import { migrateToLatest } from '../src/lib/server/history/database.ts';
import { REHEARSAL_ACTOR, RehearsalPlayer } from '../src/lib/server/rehearsal/player.ts';
import { readRehearsal } from '../src/lib/server/rehearsal/read.ts';
import { buildApp, freePort, isBuildStale, startApp } from './lib/app-process.ts';
import { projectRoot } from '../src/lib/server/project-root.ts';
import { DemoMeta } from './lib/demo-meta.ts';
import type { MetaShow } from './lib/meta-show.ts';
import { ensureServices } from './services/ensure.ts';

// The whole product on one machine: npm run demo [-- --speed N] [--port P] [--meta]
// Starts Redis and Postgres unless their URLs are set, serves the app and plays the bundled rehearsal:
// straight into the show, or (--meta) as comments in broadcasts of a stand-in for Meta.

const OPERATOR = {
	email: 'demo@sellary.example',
	password: 'sold-to-the-first',
	name: 'Demo Operator',
	workspaceName: 'Demo Boutique'
};

/** Comments on their way through the stand-in at once; a show has bursts. */
const STAGED_IN_FLIGHT = 1_000;

const REHEARSAL_FILE = 'static/rehearsals/saturday-boutique.jsonl';

function say(text: string): void {
	process.stdout.write(`${text}\n`);
}

function readOptions(): { speed: number; port: number; meta: boolean } {
	const { values } = parseArgs({
		options: {
			speed: { type: 'string', default: '1' },
			port: { type: 'string', default: process.env['PORT'] ?? '3000' },
			meta: { type: 'boolean', default: false }
		}
	});
	const speed = Number(values.speed);
	const port = Number(values.port);
	if (!Number.isFinite(speed) || speed <= 0) throw new Error('--speed takes a number above 0');
	if (!Number.isInteger(port) || port < 1 || port > 65_000)
		throw new Error('--port takes a port number');
	return { speed, port, meta: values.meta };
}

/** The demo's workspace; made on the first start, found on the next. */
async function demoWorkspace(context: AppContext): Promise<string> {
	const found = await context.db
		.selectFrom('users')
		.innerJoin('members', 'members.user_id', 'users.id')
		.select('members.workspace_id')
		.where('users.email', '=', OPERATOR.email)
		.orderBy('members.created_at')
		.executeTakeFirst();
	if (found) return found.workspace_id;
	return (await context.auth.register(OPERATOR, { address: '127.0.0.1' })).workspace.id;
}

async function main(stop: AbortController): Promise<void> {
	const options = readOptions();
	const rehearsal = await readRehearsal(join(projectRoot(), REHEARSAL_FILE));
	say('Starting Redis and Postgres …');
	const services = await ensureServices({
		redisUrl: process.env['REDIS_URL'],
		databaseUrl: process.env['DATABASE_URL']
	});
	const demoMeta = options.meta ? await DemoMeta.start() : null;
	const env = {
		...demoMeta?.env,
		REDIS_URL: services.redisUrl,
		DATABASE_URL: services.databaseUrl
	};
	try {
		if (isBuildStale()) {
			say('Building the application …');
			await buildApp();
		}
		stop.signal.throwIfAborted();
		const port = await freePort(options.port);
		const context = await createAppContext(
			readConfig({
				...process.env,
				...env,
				LOG_LEVEL: 'warn',
				NODE_ENV: 'development',
				ROLE: 'web'
			})
		);
		try {
			await migrateToLatest(context.db);
			const workspaceId = await demoWorkspace(context);
			const app = await startApp(port, { ...env, ROLE: 'all', LOG_LEVEL: 'warn' });
			try {
				const { name, claimWord, passWord } = rehearsal.header;
				const showId = await createShow(context.db, {
					workspaceId,
					name,
					claimWord,
					passWord,
					isRehearsal: true
				});
				const staged = await demoMeta?.stage(context, {
					origin: app.origin,
					workspaceId,
					showId,
					signal: stop.signal
				});
				say(
					[
						...(staged ? ['', ...staged.steps.map((step) => `  ${step}.`)] : []),
						'',
						`  Sellary is running:  ${app.origin}/shows/${showId}/console`,
						`  Sign in with:        ${OPERATOR.email}`,
						`  Password:            ${OPERATOR.password}`,
						'',
						`  A recorded show is playing (${rehearsal.lines.length} lines, about ten minutes at speed 1).`,
						...(demoMeta ? demoMeta.hints(app.origin) : []),
						'  Ctrl-C ends everything; the next start finds this history again.',
						''
					].join('\n')
				);
				const played = play(context, showId, rehearsal, {
					speed: options.speed,
					signal: stop.signal,
					staged: staged ?? null
				});
				await Promise.race([
					Promise.all([played, aborted(stop.signal)]),
					app.ended.then((code) => {
						if (!stop.signal.aborted) throw new Error(`The server ended (${code}).`);
					}),
					services.ended.then(() => {
						if (!stop.signal.aborted) throw new Error('Redis or Postgres ended.');
					})
				]);
			} finally {
				stop.abort();
				await app.stop();
			}
		} finally {
			await context.close();
		}
	} finally {
		await demoMeta?.stop();
		await services.stop();
	}
}

async function play(
	context: AppContext,
	showId: string,
	rehearsal: Parameters<RehearsalPlayer['play']>[0],
	{
		speed,
		signal,
		staged
	}: {
		readonly speed: number;
		readonly signal: AbortSignal;
		readonly staged: MetaShow | null;
	}
): Promise<void> {
	const player = new RehearsalPlayer(showId, {
		comments: staged?.stage ?? context.comments,
		inFlight: staged ? STAGED_IN_FLIGHT : undefined,
		actions: context.actions,
		speed,
		signal
	});
	try {
		await player.play(rehearsal);
		staged?.stop();
		say('The recorded show is over. The console keeps its result; Ctrl-C ends the demo.');
	} catch (error) {
		if (!signal.aborted) throw error;
		// Leaving in mid-show: a show that nobody plays must not look live at the next start.
		await context.actions
			.changeStatus(showId, 'ended', REHEARSAL_ACTOR)
			.catch((refused: unknown) => {
				if (!(refused instanceof AppError)) throw refused;
			});
	}
}

function aborted(signal: AbortSignal): Promise<void> {
	return new Promise((resolve) => {
		if (signal.aborted) resolve();
		else signal.addEventListener('abort', () => resolve(), { once: true });
	});
}

const stop = new AbortController();
let interrupted = false;
for (const name of ['SIGINT', 'SIGTERM'] as const) {
	process.on(name, () => {
		interrupted = true;
		stop.abort();
	});
}
try {
	await main(stop);
} catch (error) {
	if (!interrupted) {
		process.stderr.write(
			`The demo stopped: ${error instanceof Error ? error.message : String(error)}\n`
		);
		process.exitCode = 1;
	}
}
