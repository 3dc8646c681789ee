import { AppError } from '../../errors.ts';
import type { Db } from '../database.ts';
import type { ScopedShow } from './scope.ts';

/** What a show has chosen in place of its workspace; null: as the workspace has it. */
export type ShowOverrides = {
	/** Seconds between two polls of a busy broadcast, within the bounds of the workspace's own. */
	readonly pollSeconds: number | null;
	/** Whether the show's consoles sound unless their operator switched that. */
	readonly sounds: boolean | null;
};

/**
 * The show's overrides and its status; nobody else changes either until the transaction ends.
 * Throws `SHOW_NOT_FOUND` when the show was deleted meanwhile.
 */
export async function lockShowOverrides(tx: Db, show: ScopedShow) {
	const row = await tx
		.selectFrom('shows')
		.select(['poll_seconds as pollSeconds', 'sounds', 'status'])
		.where('id', '=', show.id)
		.forUpdate()
		.executeTakeFirst();
	if (!row) throw new AppError('SHOW_NOT_FOUND');
	const { status, ...overrides } = row;
	return { status, overrides };
}

export async function writeShowOverrides(
	tx: Db,
	show: ScopedShow,
	{ pollSeconds, sounds }: ShowOverrides
): Promise<void> {
	await tx
		.updateTable('shows')
		.set({ poll_seconds: pollSeconds, sounds })
		.where('id', '=', show.id)
		.execute();
}
