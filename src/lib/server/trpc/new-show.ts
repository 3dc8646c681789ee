import type { ShowSettings } from '../../domain/show-state.ts';
import { actorOf } from '../auth/member.ts';
import type { Member } from '../auth/member.ts';
import { AppError } from '../errors.ts';
import { recordAudit } from '../history/audit.ts';
import type { Db } from '../history/database.ts';
import { WorkspaceScope } from '../history/queries/scope.ts';
import type { ScopedShow } from '../history/queries/scope.ts';
import { writeShowOverrides } from '../history/queries/show-overrides.ts';
import type { ShowOverrides } from '../history/queries/show-overrides.ts';
import { findAppError } from './errors.ts';
import type { ShowControls } from './show-controls.ts';

export type NewItem = {
	readonly number: string;
	readonly title: string;
	readonly quantity: number;
};

/** Most shows of a workspace that are not over, rehearsals too: until then each of them is in Redis. */
export const MAX_OPEN_SHOWS = 1_000;

/** How a show came to be, as the audit log tells it. */
export type Beginning = {
	readonly action: 'show.created' | 'show.duplicated' | 'rehearsal.started';
	readonly isRehearsal?: boolean;
	/** Name of the show that it is a copy of. */
	readonly copyOf?: string;
	readonly overrides?: ShowOverrides;
};

/** Throws `TOO_MANY_SHOWS` for a workspace that has as many as it may. */
async function checkRoom(tx: Db, workspaceId: string): Promise<void> {
	const open = await tx
		.selectFrom('shows')
		.where('workspace_id', '=', workspaceId)
		.where('status', '<>', 'ended')
		.select((eb) => eb.fn.countAll<string>().as('count'))
		.executeTakeFirstOrThrow();
	if (Number(open.count) >= MAX_OPEN_SHOWS) throw new AppError('TOO_MANY_SHOWS');
}

/**
 * Adds a draft show to the member's workspace, and in the same transaction the entry that says who did.
 * Throws `TOO_MANY_SHOWS`.
 */
export async function createShow(
	{ db, member }: { readonly db: Db; readonly member: Member },
	settings: ShowSettings,
	{ action, isRehearsal = false, overrides, ...details }: Beginning
): Promise<ScopedShow> {
	const workspaceId = member.workspace.id;
	return await db.transaction().execute(async (tx) => {
		await checkRoom(tx, workspaceId);
		const show = await new WorkspaceScope(tx, workspaceId).createShow(settings, { isRehearsal });
		if (overrides) await writeShowOverrides(tx, show, overrides);
		await recordAudit(tx, {
			workspaceId,
			showId: show.id,
			actor: actorOf(member),
			action,
			target: 'show',
			details: { ...settings, ...details }
		});
		return show;
	});
}

/**
 * Adds the items of a new show, one event each, in order. When one fails, the error says how far it got:
 * the show exists by then, and creating it again would make a second one.
 */
export async function addItems(
	controls: ShowControls,
	show: ScopedShow,
	items: readonly NewItem[]
): Promise<void> {
	for (const [itemsAdded, item] of items.entries()) {
		try {
			await controls.addItem(item);
		} catch (error) {
			const refusal = findAppError(error);
			if (!refusal) throw error;
			throw new AppError(refusal.code, {
				message: `The show was created with ${itemsAdded} of ${items.length} items; the others could not be added. Open the show and add them there.`,
				details: { ...refusal.details, showId: show.id, itemsAdded },
				cause: error
			});
		}
	}
}
