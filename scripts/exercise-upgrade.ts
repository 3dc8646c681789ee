import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { connectDatabase, migrateToLatest } from '../src/lib/server/history/database.ts';
import { projectRoot } from '../src/lib/server/project-root.ts';
import { exerciseUpgrade } from './exercise/upgrade.ts';
import { describeUpgrade, faultsOf } from './exercise/upgrade-report.ts';
import { buildVersion } from './exercise/version.ts';
import { buildApp, isBuildStale } from './lib/app-process.ts';
import { ensureServices } from './services/ensure.ts';
import { temporaryHome } from './services/postgres-home.ts';

/*
 * npm run exercise:upgrade [-- --from REF] [--comments N] [--seconds S] [--consoles C]
 *
 * A rolling upgrade from the version REF of this repository (default: HEAD) to what stands here, in
 * mid-show, on services of its own: two web processes and a worker are replaced one by one. Exits with 1
 * when an event was lost or a console saw a gap.
 */

const { values } = parseArgs({
	options: {
		from: { type: 'string', default: 'HEAD' },
		comments: { type: 'string', default: '3000' },
		seconds: { type: 'string', default: '30' },
		consoles: { type: 'string', default: '20' }
	}
});
const say = (line: string): void => void process.stdout.write(`${line}\n`);

const folder = await temporaryHome();
const services = await ensureServices({ dataDir: join(folder, 'data') });
try {
	const to = projectRoot();
	const from = join(folder, 'from');
	say(`building ${values.from}`);
	await buildVersion(values.from, from);
	if (isBuildStale()) await buildApp();
	// By the old version's own command: it knows no later migrations.
	await promisify(execFile)(process.execPath, [join(from, 'scripts', 'migrate.ts')], {
		cwd: from,
		env: { ...process.env, DATABASE_URL: services.databaseUrl }
	});
	const report = await exerciseUpgrade({
		from,
		to,
		redisUrl: services.redisUrl,
		databaseUrl: services.databaseUrl,
		migrate: async () => {
			const db = connectDatabase({ url: services.databaseUrl, poolSize: 2 }, () => undefined);
			const names = await migrateToLatest(db);
			await db.destroy();
			say(names.length === 0 ? 'no new migrations' : `migrated: ${names.join(', ')}`);
		},
		consoles: Number(values.consoles),
		comments: Number(values.comments),
		seconds: Number(values.seconds),
		say
	});
	for (const line of describeUpgrade(report)) say(line);
	const faults = faultsOf(report);
	for (const fault of faults) say(`✗ ${fault}`);
	say(faults.length === 0 ? '✓ nothing lost, no console with a gap' : `${faults.length} faults`);
	process.exitCode = faults.length === 0 ? 0 : 1;
} finally {
	await services.stop();
	await rm(folder, { recursive: true, force: true, maxRetries: 5 });
}
