import { existsSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Places where a crash would hurt most. `npm run chaos` has the process, or a server, die there, or the process
 * freeze; see docs/chaos.md.
 *
 * | failpoint | the process dies |
 * |---|---|
 * | script-replied | after Redis ran a write script, before the caller has its answer |
 * | batch-read | with a batch read from Redis, and its transaction not begun |
 * | batch-inserted | inside the transaction of a batch, with the events written and the rest not |
 * | batch-committed | after Postgres has a batch, before Redis is told and trims |
 * | rebuild-fenced | when a rebuild has its new epoch in Postgres, and nothing of the show in Redis |
 * | rebuild-staged | when all of a rebuilt show is staged, and it is not live yet |
 * | webhook-stored | when a webhook is stored and not yet answered |
 * | inbox-fed | when comments of the inbox are in the log and still in the inbox |
 */
export const FAILPOINTS = [
	'script-replied',
	'batch-read',
	'batch-inserted',
	'batch-committed',
	'rebuild-fenced',
	'rebuild-staged',
	'webhook-stored',
	'inbox-fed'
] as const;

export type Failpoint = (typeof FAILPOINTS)[number];

/** Where the file of an armed failpoint lies. Null, as always in production: there are none. */
let folder: string | null = null;

/** Called once at the start of the process. `config.failpoints` is null in production. */
export function useFailpoints(config: { readonly failpoints: string | null }): void {
	folder = config.failpoints;
}

/** What the file of a failpoint holds at which the process is to freeze. */
export const FREEZE = 'freeze';

/** Where the file lies while the process is frozen at the failpoint: it goes on when the file is gone. */
export function frozenFile(file: string): string {
	return `${file}.frozen`;
}

/**
 * Ends the process as SIGKILL does, if somebody put a file of this name into the folder; the file goes. If it
 * holds the number of another process, Redis or Postgres, that one is ended in its place. If it holds `FREEZE`,
 * the process stops as with SIGSTOP.
 */
export function failpoint(name: Failpoint): void {
	if (folder !== null) strikeIfArmed(join(folder, name));
}

function strikeIfArmed(file: string): void {
	let victim: number;
	try {
		const order = readFileSync(file, 'utf8');
		if (order === FREEZE) return freeze(file);
		victim = Number(order) || process.pid;
		rmSync(file);
		process.kill(victim, 'SIGKILL');
	} catch {
		// Not armed, or another process came here first.
		return;
	}
	// The signal takes a moment; nothing of this process may happen after it.
	while (victim === process.pid);
}

function freeze(file: string): void {
	const frozen = frozenFile(file);
	renameSync(file, frozen);
	process.kill(process.pid, 'SIGSTOP');
	// As above.
	while (existsSync(frozen));
}
