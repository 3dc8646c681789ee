import { chmod, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { State } from './messages.ts';
import { stateSchema } from './messages.ts';

/** SQLite's result code for a lock that somebody else has. */
const SQLITE_BUSY = 5;

/** Keeps the locks from being garbage-collected, which would release them. */
const held = new Set<DatabaseSync>();

/**
 * Takes the lock of a data folder for the rest of this process's life, and makes the folder if needed.
 *
 * Two servers on the same files would destroy them, so the lock must hold for every kind of death of
 * its holder. Only the kernel's file locks do, and Node offers those only inside SQLite.
 *
 * @returns whether this process has it now; false means another one does.
 */
export async function lockDataFolder(dataDir: string): Promise<boolean> {
	await mkdir(dataDir, { recursive: true, mode: 0o700 });
	const path = join(dataDir, 'services.lock');
	let lock: DatabaseSync | undefined;
	try {
		lock = new DatabaseSync(path);
		// Nothing is ever written, so no journal file is needed beside it.
		lock.exec('PRAGMA journal_mode = MEMORY; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE;');
	} catch (error) {
		lock?.close();
		if (error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY) return false;
		// Most likely another user (root, with sudo) ran the services here before.
		throw new Error(`Can't lock ${path}: does it belong to another user?`, { cause: error });
	}
	held.add(lock);
	await chmod(path, 0o600);
	return true;
}

/** What the folder's holder has noted as running; undefined if nothing readable is there. */
export async function readState(dataDir: string): Promise<State | undefined> {
	try {
		return stateSchema.parse(JSON.parse(await readFile(stateFile(dataDir), 'utf8')));
	} catch {
		return undefined;
	}
}

/** Notes what runs. Others see the old note or the new one, nothing between; it holds a password. */
export async function writeState(dataDir: string, state: State): Promise<void> {
	const staging = `${stateFile(dataDir)}.new`;
	await rm(staging, { force: true });
	await writeFile(staging, JSON.stringify(state), { mode: 0o600 });
	await rename(staging, stateFile(dataDir));
}

/** Removes the note: nothing runs, or soon nothing will. */
export async function removeState(dataDir: string): Promise<void> {
	await rm(stateFile(dataDir), { force: true });
}

function stateFile(dataDir: string): string {
	return join(dataDir, 'services.json');
}
