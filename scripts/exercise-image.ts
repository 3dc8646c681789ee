import { execFile, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { chmod, copyFile, mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { projectRoot } from '../src/lib/server/project-root.ts';
import { buildWithoutDocker } from './exercise/dockerfile.ts';
import type { Image } from './exercise/dockerfile.ts';
import { freePort } from './lib/app-process.ts';
import { ensureServices } from './services/ensure.ts';
import { temporaryHome } from './services/postgres-home.ts';

/*
 * npm run exercise:image
 *
 * Runs the Dockerfile's steps in plain folders and starts what they make, as the compose files do: not as
 * root, without capabilities, on a file system that can't be written to. Needs root on Linux for that, and
 * the npm registry. What it can't show: the base image, and Docker itself.
 */

const run = promisify(execFile);
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const NOBODY = '65534';

/** In a mount namespace of its own: /app read-only, then as nobody with nothing but the given environment. */
const CONTAINER = `
mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" && cd "$1" && shift
exec setpriv --reuid ${NOBODY} --regid ${NOBODY} --clear-groups --no-new-privs --bounding-set -all "$@"
`;

function start(
	image: Image,
	env: Record<string, string>,
	command: readonly string[]
): ChildProcess {
	const isolated = [
		'--mount',
		'--propagation',
		'private',
		'/bin/sh',
		'-ec',
		CONTAINER,
		'sh',
		image.app
	];
	return spawn('unshare', [...isolated, ...command], {
		stdio: ['ignore', 'pipe', 'inherit'],
		env: { PATH: '/usr/bin:/bin', ...image.env, ...env }
	});
}

async function codeOf(child: ChildProcess): Promise<number | null> {
	return await new Promise((resolve) => void child.once('exit', resolve));
}

function expectThat(holds: boolean, what: string): void {
	if (!holds) throw new Error(`not so: ${what}`);
	say(`✓ ${what}`);
}

async function megabytes(path: string): Promise<string> {
	const { stdout } = await run('du', ['-sm', path]);
	return stdout.split('\t')[0] ?? '?';
}

const folder = await temporaryHome();
const services = await ensureServices({ ephemeral: true });
const children: ChildProcess[] = [];
try {
	say('running the steps of the Dockerfile');
	const image = await buildWithoutDocker(projectRoot(), folder, 'app');
	for (const name of (await readdir(image.app)).sort()) {
		say(`  ${(await megabytes(join(image.app, name))).padStart(4)} MB  /app/${name}`);
	}
	say(`  ${(await megabytes(image.app)).padStart(4)} MB  in all, without the base image`);
	await run('chmod', ['-R', 'go+rX,a-w', image.app]);
	// Where anybody can run it: the base image has one of its own.
	const bin = join(folder, 'bin');
	await mkdir(bin);
	const node = join(bin, 'node');
	await copyFile(process.execPath, node);
	await chmod(node, 0o755);
	await chmod(folder, 0o755);

	const words = (command: readonly string[]): string[] =>
		command.map((word) => (word === 'node' ? node : word));
	const port = await freePort(21_000);
	const shared = { REDIS_URL: services.redisUrl, DATABASE_URL: services.databaseUrl };
	const web = { ...shared, ROLE: 'web', PORT: String(port), ORIGIN: 'https://live.example.com' };
	const metricsPort = String(await freePort(port + 1));
	const worker = { ...shared, ROLE: 'worker', METRICS_PORT: metricsPort };

	const touch = start(image, shared, [
		'/bin/sh',
		'-c',
		'touch /app-file 2>/dev/null || touch here'
	]);
	expectThat((await codeOf(touch)) !== 0, 'the process can write nowhere in /app');
	const migrated = await codeOf(start(image, shared, [node, 'scripts/migrate.ts']));
	expectThat(migrated === 0, 'the migrations run');
	const checks = [web, worker].map((env) => ({
		env,
		process: start(image, env, words(image.command))
	}));
	children.push(...checks.map(({ process: child }) => child));
	for (const { env } of checks) {
		let code: number | null = 1;
		for (let attempt = 0; attempt < 60 && code !== 0; attempt++) {
			await sleep(500);
			code = await codeOf(start(image, env, words(image.healthCheck)));
		}
		expectThat(code === 0, `the health check of a ${env.ROLE} process passes`);
	}
	const page = await fetch(`http://127.0.0.1:${port}/sign-in`);
	expectThat(page.ok, 'the page to sign in is served');
	for (const { env, process: child } of checks) {
		const startedAt = performance.now();
		child.kill('SIGTERM');
		const code = await codeOf(child);
		const ms = Math.round(performance.now() - startedAt);
		expectThat(code === 0, `a ${env.ROLE} process ends with code ${code} at SIGTERM, in ${ms} ms`);
	}
} finally {
	for (const child of children) child.kill('SIGKILL');
	await services.stop();
	await rm(folder, { recursive: true, force: true, maxRetries: 5 });
}
