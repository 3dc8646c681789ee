import { sql } from 'kysely';
import type { BlockLists } from '../allocator/block-lists.ts';
import type { Logger } from '../observability/logger.ts';
import { readBlockList } from './block-list.ts';
import type { Db } from './database.ts';

export type ShowBlocksOptions = {
	readonly db: Db;
	readonly lists: BlockLists;
	readonly logger: Logger;
	/** How long Redis keeps an ended show, which could be reopened. */
	readonly endedShowTtlSeconds: number;
};

/** Redis may hold an ended show a little longer than its time: history may have come late. */
const ENDED_SLACK_SECONDS = 3_600;

/** Brings a workspace's block list, which Postgres holds, to the shows that Redis holds. */
export class ShowBlocks {
	readonly #options: ShowBlocksOptions;

	constructor(options: ShowBlocksOptions) {
		this.#options = options;
	}

	/**
	 * Puts the present list in force in every show of the workspace that Redis holds; a running one that
	 * it has lost is rebuilt for it. Returns false when a show could not be reached: `heal` comes back to it.
	 */
	async enforce(workspaceId: string): Promise<boolean> {
		const { db, lists, logger } = this.#options;
		const shows = await this.#candidates()
			.select(['shows.id', 'shows.status'])
			.where('shows.workspace_id', '=', workspaceId)
			.execute();
		const list = await readBlockList(db, workspaceId);
		const enforced = await Promise.all(
			shows.map(async ({ id, status }) => {
				try {
					const running = status === 'active' || status === 'paused';
					if (running || (await lists.version(id)) !== null) await lists.replace(id, list);
					return true;
				} catch (error) {
					logger.warn({ err: error, showId: id }, 'the block list did not reach a show');
					return false;
				}
			})
		);
		return !enforced.includes(false);
	}

	/**
	 * Finds shows in Redis whose copy is older than the list, e.g. because a process died between the two
	 * writes, and puts the list in force there. Returns how many there were.
	 */
	async heal(): Promise<number> {
		const { lists } = this.#options;
		const shows = await this.#candidates()
			.innerJoin('block_lists', 'block_lists.workspace_id', 'shows.workspace_id')
			.select(['shows.id', 'shows.workspace_id', 'block_lists.version'])
			.execute();
		const copies = await Promise.all(shows.map(({ id }) => lists.version(id)));
		const behind = shows.filter((show, index) => {
			const copy = copies[index] ?? null;
			return copy !== null && copy < Number(show.version);
		});
		for (const workspaceId of new Set(behind.map((show) => show.workspace_id))) {
			await this.enforce(workspaceId);
		}
		return behind.length;
	}

	/** Shows that Redis may hold. */
	#candidates() {
		const { db, endedShowTtlSeconds } = this.#options;
		const seconds = endedShowTtlSeconds + ENDED_SLACK_SECONDS;
		return db
			.selectFrom('shows')
			.where((where) =>
				where.or([
					where('shows.status', '<>', 'ended'),
					where('shows.ended_at', '>', sql<Date>`now() - make_interval(secs => ${seconds})`)
				])
			);
	}
}
