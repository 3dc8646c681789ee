import type { ChildProcessByStdio } from 'node:child_process';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ensureServices } from './ensure.ts';
import { temporaryHome } from './postgres-home.ts';

/** Real servers start and stop in each test. */
vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

let dataDir: string;

beforeEach(async () => {
	dataDir = await temporaryHome();
});

afterEach(async () => {
	vi.unstubAllEnvs();
	await rm(dataDir, { recursive: true, force: true });
});

/** The running processes whose command lines name the data folder, which none else does. */
function processesOfFolder(): { pid: number; command: string }[] {
	return runningProcesses().filter(({ command }) => command.includes(dataDir));
}

function runningProcesses(): { pid: number; command: string }[] {
	// Small images have no `ps`.
	if (existsSync('/proc/self/cmdline')) {
		const pids = readdirSync('/proc').map(Number).filter(Number.isInteger);
		return pids.map((pid) => ({ pid, command: commandLine(pid) }));
	}
	const list = execFileSync('ps', ['-ww', '-A', '-o', 'pid=,command='], { encoding: 'utf8' });
	return list.split('\n').map((line) => ({ pid: Number.parseInt(line, 10), command: line }));
}

function commandLine(pid: number): string {
	try {
		return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
	} catch {
		return '';
	}
}

async function set(url: string, value: string): Promise<void> {
	const redis = new Redis(url);
	await redis.set('key', value);
	redis.disconnect();
}

async function get(url: string): Promise<string | null> {
	const redis = new Redis(url);
	const value = await redis.get('key');
	redis.disconnect();
	return value;
}

/** Another command that ensures services in the folder, then runs `script`. */
function command(script: string): ChildProcessByStdio<null, Readable, null> {
	const module = pathToFileURL(join(import.meta.dirname, 'ensure.ts')).href;
	const source = `
		const { ensureServices } = await import(${JSON.stringify(module)});
		const services = await ensureServices({
			dataDir: ${JSON.stringify(dataDir)}, redisKind: 'wasm'
		});
		${script}`;
	return spawn(
		process.execPath,
		['--disable-warning=ExperimentalWarning', '--input-type=module', '--eval', source],
		// A process group of its own, as a terminal gives one to each command.
		{ stdio: ['ignore', 'pipe', 'inherit'], detached: true }
	);
}

describe('ensureServices', () => {
	it('uses what is given, and starts nothing then', async () => {
		const given = { redisUrl: 'redis://r:1', databaseUrl: 'postgres://d/b' };
		const services = await ensureServices({ ...given, dataDir });
		expect(services).toMatchObject({ ...given, redisKind: 'external', owned: false });
		await services.stop();
		expect(await readdir(dataDir)).toEqual([]);
	});

	it('shares running services, which end with the one who started them', async () => {
		const owner = await ensureServices({ dataDir, redisKind: 'wasm' });
		expect(owner).toMatchObject({ owned: true, redisKind: 'wasm' });
		const sharer = await ensureServices({ dataDir });
		expect(sharer).toMatchObject({
			owned: false,
			redisKind: 'wasm',
			redisUrl: owner.redisUrl,
			databaseUrl: owner.databaseUrl
		});
		await set(owner.redisUrl, 'shared');
		await sharer.stop();
		expect(await get(sharer.redisUrl)).toBe('shared');

		await expect(ensureServices({ dataDir, redisKind: 'server' })).rejects.toThrow(
			/already run, but with the Redis "wasm"/
		);
		await owner.stop();
		await owner.ended;
		expect(processesOfFolder()).toEqual([]);
		expect(existsSync(join(dataDir, 'services.json'))).toBe(false);
	});

	it('starts one set of services for commands that begin in the same instant', async () => {
		const all = await Promise.all(
			Array.from({ length: 3 }, () => ensureServices({ dataDir, redisKind: 'wasm' }))
		);
		expect(all.filter((services) => services.owned)).toHaveLength(1);
		expect(new Set(all.map((services) => services.databaseUrl)).size).toBe(1);
		await Promise.all(all.map((services) => services.stop()));
	});

	it('gives each test its own services, and leaves nothing of them', async () => {
		const root = join(dataDir, 'tmp');
		await mkdir(root, { mode: 0o755 });
		vi.stubEnv('TMPDIR', root);
		const given = { databaseUrl: 'postgres://d/b', ephemeral: true, redisKind: 'wasm' } as const;
		const [one, other] = await Promise.all([ensureServices(given), ensureServices(given)]);
		expect(one).toMatchObject({ owned: true, databaseUrl: 'postgres://d/b' });
		expect(tmpdir()).toBe(root);
		expect(await readdir(root)).toHaveLength(2);
		await set(one.redisUrl, 'mine');
		expect(await get(other.redisUrl)).toBeNull();
		await Promise.all([one.stop(), other.stop()]);
		expect(await readdir(root)).toEqual([]);
	});

	it('says what to do when the wanted Redis is not there, or the wish not understood', async () => {
		vi.stubEnv('PATH', '/nowhere');
		vi.stubEnv('EMBEDDED_REDIS', 'server');
		const options = { databaseUrl: 'postgres://d/b', dataDir };
		await expect(ensureServices(options)).rejects.toThrow(/apt-get install redis-server/);
		vi.stubEnv('EMBEDDED_REDIS', 'docker');
		await expect(ensureServices(options)).rejects.toThrow(/one of auto, server, wasm/);
	});
});

describe('the services of a command', () => {
	it('are gone after the command was killed with SIGKILL, and start again', async () => {
		const killed = command(`
			console.log('ready');
			setInterval(() => undefined, 1000);`);
		await once(killed.stdout, 'data');
		expect(processesOfFolder().length).toBeGreaterThan(1);
		killed.kill('SIGKILL');
		await once(killed, 'exit');
		// Not waiting for the old ones to be gone: the new ones must do that.
		const next = await ensureServices({ dataDir, redisKind: 'wasm' });
		expect(next.owned).toBe(true);
		await next.stop();
		expect(processesOfFolder()).toEqual([]);
	});

	it('are gone after their own process was killed with SIGKILL', async () => {
		const owner = await ensureServices({ dataDir, redisKind: 'auto' });
		const main = processesOfFolder().find(({ command }) => command.includes('main.ts'));
		if (!main) throw new Error('The services have no process.');
		process.kill(main.pid, 'SIGKILL');
		await owner.ended;
		await owner.stop();
		await expect.poll(processesOfFolder, { timeout: 60_000 }).toEqual([]);
		// The note they left is stale; nobody takes it for running services.
		const next = await ensureServices({ dataDir, redisKind: 'wasm' });
		expect(next.owned).toBe(true);
		await next.stop();
	});

	it("outlive the terminal's Ctrl-C until the command has drained", async () => {
		const interrupted = command(`
			const { redisCommand } = await import(
				${JSON.stringify(pathToFileURL(join(import.meta.dirname, 'loopback.ts')).href)});
			process.once('SIGINT', async () => {
				await new Promise((resolve) => setTimeout(resolve, 300));
				console.log(await redisCommand(Number(new URL(services.redisUrl).port), 'PING'));
				await services.stop();
				process.exit();
			});
			console.log('ready');
			setInterval(() => undefined, 1000);`);
		await once(interrupted.stdout, 'data');
		if (interrupted.pid === undefined) throw new Error('The command did not start.');
		process.kill(-interrupted.pid, 'SIGINT');
		const [drained] = await once(interrupted.stdout, 'data');
		expect(String(drained)).toBe('+PONG\n');
		expect(await once(interrupted, 'exit')).toEqual([0, null]);
		expect(processesOfFolder()).toEqual([]);
	});

	it('do not keep a command alive that forgets them', async () => {
		const forgetful = command(`console.log('ready');`);
		forgetful.stdout.resume();
		expect(await once(forgetful, 'exit')).toEqual([0, null]);
		await expect.poll(processesOfFolder, { timeout: 60_000 }).toEqual([]);
	});
});
