import { parseArgs } from 'node:util';
import { ensureServices } from './services/ensure.ts';

/*
 * `npm run services`: runs the embedded Redis and PostgreSQL in the foreground, for tools and for an
 * application started by hand. Stdout gets the two lines for `.env`, stderr the rest.
 */

const { values } = parseArgs({ options: { help: { type: 'boolean', short: 'h' } } });
if (values.help) {
	console.log(
		'Usage: npm run services\n\n' +
			'Runs the embedded Redis and PostgreSQL until Ctrl-C, and prints their URLs.\n' +
			'REDIS_URL, DATABASE_URL: use this one instead of starting one.\n' +
			'EMBEDDED_REDIS=auto|server|wasm: which Redis to start.'
	);
	process.exit();
}

const stopAsked = new Promise<void>((resolve) => {
	for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => resolve());
});

try {
	const services = await ensureServices({
		redisUrl: process.env['REDIS_URL'],
		databaseUrl: process.env['DATABASE_URL']
	});
	console.log(`REDIS_URL=${services.redisUrl}\nDATABASE_URL=${services.databaseUrl}`);
	if (services.owned) {
		console.error(`\nRunning (Redis: ${services.redisKind}). Ctrl-C stops them.`);
		// An unsettled promise alone does not keep a process alive.
		const alive = setInterval(() => undefined, 60_000);
		const end = await Promise.race([stopAsked, services.ended.then(() => 'ended' as const)]);
		clearInterval(alive);
		if (end === 'ended') process.exitCode = 1;
		await services.stop();
	} else {
		console.error('\nNothing was started: these run already, or were given.');
	}
} catch (error) {
	console.error(error instanceof Error ? error.message : error);
	process.exitCode = 1;
}
process.exit();
