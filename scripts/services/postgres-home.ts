import { createHash, randomUUID } from 'node:crypto';
import {
	chmod,
	chown,
	lstat,
	mkdir,
	mkdtemp,
	readFile,
	realpath,
	rm,
	stat,
	writeFile
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Account } from './postgres-account.ts';
import { canEnter, ownerOf, postgresAccount } from './postgres-account.ts';

/**
 * Where the data of one project stays when the server's account can't enter the project, in this
 * order. `/var/lib` is the place for data that must stay; `/var/tmp`, for systems without it, survives a
 * restart, too, but may be swept of files unused for a month.
 */
const SUBSTITUTE_ROOTS = ['/var/lib', '/var/tmp'];
const SUBSTITUTE_NAME = 'sellary-live-assist';

/** PostgreSQL's own data folder, below a home. */
export function clusterFolder(home: string): string {
	return join(home, 'postgres');
}

/**
 * The folder for PostgreSQL's data and the account that serves it. The folder is `dataDir` itself, or,
 * when the account can't enter that (a checkout in root's home, mode 0700), one elsewhere that
 * belongs to `dataDir` alone. Nobody but the account, and root, can enter it then.
 *
 * @param dataDir exists; made enterable for the account as far as it is ours to say.
 */
export async function postgresHome(
	dataDir: string
): Promise<{ home: string; account: Account | undefined }> {
	const account = (await ownerOf(clusterFolder(dataDir))) ?? (await postgresAccount());
	if (!account) return { home: dataDir, account };
	await admit(dataDir, account);
	if (await canEnter(dataDir, account)) return { home: dataDir, account };
	return substituteHome(dataDir, account);
}

async function substituteHome(
	dataDir: string,
	usualAccount: Account
): Promise<{ home: string; account: Account }> {
	const path = await realpath(dataDir);
	const identity = `${path} ${await keptId(join(dataDir, 'postgres-id'))}`;
	const name = createHash('sha256').update(identity).digest('hex').slice(0, 16);
	const home = join(await substituteFolder(), `data-${name}`);
	await ownFolder(home, 0o710);
	const account = (await ownerOf(clusterFolder(home))) ?? usualAccount;
	await admit(home, account);
	if (!(await canEnter(home, account))) throw inaccessible(home);
	// For whoever finds the one folder and looks for the other.
	await writeFile(join(home, 'README.txt'), `PostgreSQL's data of ${path}\n`);
	await writeFile(join(dataDir, 'postgres-is-elsewhere.txt'), `${home}\n`);
	return { home, account };
}

/**
 * Makes a new folder for data that is thrown away in the end, where PostgreSQL's account can enter.
 *
 * @throws Error when no temporary folder of this machine will do.
 */
export async function temporaryHome(): Promise<string> {
	const account = await postgresAccount();
	for (const root of [tmpdir(), '/var/tmp', '/tmp']) {
		const home = await mkdtemp(join(root, 'sellary-')).catch(() => undefined);
		if (home === undefined) continue;
		if (!account) return home;
		await admit(home, account);
		if (await canEnter(home, account)) return home;
		await rm(home, { recursive: true });
	}
	throw inaccessible('any temporary folder');
}

/**
 * The id in `file`, which is made at the first call. It makes the substitute belong to this very data
 * folder: whoever deletes that starts afresh, and a copy of it gets data of its own.
 */
async function keptId(file: string): Promise<string> {
	const kept = await readFile(file, 'utf8').catch(() => undefined);
	if (kept !== undefined) return kept;
	const id = randomUUID();
	await writeFile(file, id);
	return id;
}

/**
 * A folder outside of any project, owned by root, which every account may pass through. Nobody else can
 * write there, so what it holds can be trusted at the next start.
 *
 * @throws Error when it can't be made, or was made by somebody else.
 */
export async function substituteFolder(): Promise<string> {
	for (const root of SUBSTITUTE_ROOTS) {
		const folder = join(root, SUBSTITUTE_NAME);
		try {
			await ownFolder(folder, 0o711);
			return folder;
		} catch (error) {
			if (root === SUBSTITUTE_ROOTS.at(-1)) throw error;
		}
	}
	throw inaccessible(SUBSTITUTE_ROOTS.join(', '));
}

/** Lets the account, by its group, pass through a folder of root's, and nobody else. */
async function admit(folder: string, account: Account): Promise<void> {
	// An ordinary user's project stays theirs.
	if ((await stat(folder)).uid !== 0) return;
	await chown(folder, 0, account.gid);
	await chmod(folder, 0o710);
}

/** Makes a folder, or makes sure that the one there is really a folder, and really ours. */
async function ownFolder(folder: string, mode: number): Promise<void> {
	await mkdir(folder, { mode }).catch((error: unknown) => {
		if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
	});
	const found = await lstat(folder);
	if (!found.isDirectory() || found.uid !== process.getuid?.()) {
		throw new Error(`${folder} belongs to somebody else. Remove it, or set DATABASE_URL.`);
	}
	// mkdir's mode is subject to the umask.
	await chmod(folder, mode);
}

function inaccessible(folder: string): Error {
	return new Error(
		`PostgreSQL's account can't enter ${folder}. Run this as an ordinary user, move the project ` +
			'to a folder which others may enter, or set DATABASE_URL.'
	);
}
