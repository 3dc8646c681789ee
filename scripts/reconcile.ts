import { ConfigError, readConfig } from '../src/lib/server/config.ts';
import { createAppContext } from '../src/lib/server/context.ts';
import type { AppContext } from '../src/lib/server/context.ts';
import { loadEnvFile } from './lib/load-env.ts';

// `npm run reconcile [-- SHOW_ID …]`: compares Redis, the log and Postgres of these shows, or else of all that
// are not over, heals what can be healed, and says what it found. Safe while everything runs. Exit code 0:
// all agree now; 1: something is left; 2: it could not be looked at.

async function openShows({ db }: AppContext): Promise<string[]> {
	const rows = await db.selectFrom('shows').select('id').where('status', '<>', 'ended').execute();
	return rows.map(({ id }) => id);
}

/** Whether the show agrees now. */
async function report({ reconciler }: AppContext, showId: string): Promise<boolean> {
	const { result, findings } = await reconciler.check(showId);
	if (result !== 'mismatch') console.log(`${showId}  ${result}`);
	for (const { kind, seq, detail, healed } of findings) {
		const outcome = healed ? 'healed' : 'NOT HEALED';
		console.log(`${showId}  ${kind} at event ${seq} (${detail}): ${outcome}`);
	}
	return result === 'agree' || (result === 'mismatch' && findings.every(({ healed }) => healed));
}

loadEnvFile();
process.env['LOG_LEVEL'] ||= 'error';
try {
	// No jobs and no timers: those of the workers go on.
	const context = await createAppContext(
		readConfig({ ...process.env, ROLE: 'web', ORIGIN: 'http://localhost' })
	);
	try {
		const ids = process.argv.slice(2);
		const agree: boolean[] = [];
		for (const showId of ids.length > 0 ? ids : await openShows(context)) {
			agree.push(await report(context, showId));
		}
		if (agree.includes(false)) process.exitCode = 1;
	} finally {
		await context.close();
	}
} catch (error) {
	const known = error instanceof ConfigError;
	console.error(known ? error.message : `Shows could not be compared: ${String(error)}`);
	process.exitCode = 2;
}
