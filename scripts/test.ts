import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectRoot } from '../src/lib/server/project-root.ts';
import { failedTests } from './lib/failed-tests.ts';
import { findRedisServer } from './services/redis-server.ts';

// Everything that must hold: npm test [-- STEP …]
// Steps: check lint format unit integration e2e chaos, and audit when it is named.

const bin = (...path: string[]): string => join(projectRoot(), 'node_modules', ...path);

/** The embedded Valkey has no append-only file, so there is nothing that could survive. */
const canBreakRedis = (await findRedisServer()) !== undefined;

const reports = await mkdtemp(join(tmpdir(), 'sellary-tests-'));

function vitest(project: string): readonly string[] {
	const report = `--outputFile.json=${reportOf(project)}`;
	const run = [bin('vitest', 'vitest.mjs'), 'run', '--project', project];
	return [...run, '--reporter=default', '--reporter=json', report];
}

function reportOf(project: string): string {
	return join(reports, `${project.replace('-*', '')}.json`);
}

const STEPS: Record<string, readonly (readonly string[])[]> = {
	check: [
		[bin('@sveltejs', 'kit', 'svelte-kit.js'), 'sync'],
		[
			bin('svelte-check', 'bin', 'svelte-check'),
			'--tsconfig',
			'./tsconfig.json',
			'--fail-on-warnings'
		]
	],
	lint: [[bin('eslint', 'bin', 'eslint.js'), '.']],
	format: [[bin('prettier', 'bin', 'prettier.cjs'), '--check', '--log-level', 'warn', '.']],
	unit: [vitest('unit')],
	integration: [vitest('integration-*')],
	e2e: [[bin('@playwright', 'test', 'cli.js'), 'test']],
	chaos: canBreakRedis ? [[join(import.meta.dirname, 'chaos.ts'), '--kept', '--rounds', '12']] : [],
	audit: [[join(projectRoot(), 'scripts', 'audit.ts')]]
};

/** Says something about the world, not about a change: run when named, as CI does. */
const ON_REQUEST: ReadonlySet<string> = new Set(['audit']);

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !(name in STEPS));
if (unknown.length > 0) {
	process.stderr.write(
		`Unknown step ${unknown.join(', ')}; there are ${Object.keys(STEPS).join(', ')}.\n`
	);
	process.exit(2);
}

let passed = 0;
const failed: string[] = [];
for (const [name, commands] of Object.entries(STEPS)) {
	if (wanted.length > 0 ? !wanted.includes(name) : ON_REQUEST.has(name)) continue;
	process.stdout.write(`\n▸ ${name}\n`);
	if (commands.length === 0) process.stdout.write('no redis-server on the PATH: not run\n');
	const startedAt = performance.now();
	const ok = commands.every(
		(command) =>
			spawnSync(process.execPath, command, { cwd: projectRoot(), stdio: 'inherit' }).status === 0
	);
	const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
	process.stdout.write(`${ok ? '✓' : '✗'} ${name} (${seconds} s)\n`);
	if (ok) passed++;
	else failed.push(name);
}

process.stdout.write(`\nsteps: ${passed} passed, ${failed.length} failed\n`);
for (const name of failed) {
	process.stdout.write(`✗ ${name}\n`);
	const lines = await failedTests(reportOf(name), projectRoot()).catch(() => []);
	for (const text of lines) process.stdout.write(`  ${text}\n`);
}
await rm(reports, { recursive: true, force: true });
process.exitCode = failed.length > 0 ? 1 : 0;
