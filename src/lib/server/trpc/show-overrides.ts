import { channelsOfShow } from '../channels/channel-store.ts';
import { isListening } from '../channels/listening-channels.ts';
import { AppError } from '../errors.ts';
import { recordAudit } from '../history/audit.ts';
import type { ScopedShow } from '../history/queries/scope.ts';
import { lockShowOverrides, writeShowOverrides } from '../history/queries/show-overrides.ts';
import type { ShowOverrides } from '../history/queries/show-overrides.ts';
import { different } from './changed-values.ts';
import type { ApiServices } from './services.ts';

type Services = Pick<ApiServices, 'db' | 'meta' | 'logger'>;

/** What is left out stays. */
export type OverrideChanges = {
	readonly [Name in keyof ShowOverrides]?: ShowOverrides[Name] | undefined;
};

/**
 * Changes what the show has chosen for itself. Its channels are polled at once, so that a new pace holds
 * from then on and not only after the pause that the former one made. Throws `SHOW_ENDED`.
 */
export async function changeOverrides(
	services: Services,
	{ show, actor }: { readonly show: ScopedShow; readonly actor: string },
	changes: OverrideChanges
): Promise<ShowOverrides> {
	const { before, after } = await services.db.transaction().execute(async (tx) => {
		const { status, overrides: former } = await lockShowOverrides(tx, show);
		if (status === 'ended') throw new AppError('SHOW_ENDED');
		const chosen: ShowOverrides = {
			pollSeconds: changes.pollSeconds === undefined ? former.pollSeconds : changes.pollSeconds,
			sounds: changes.sounds === undefined ? former.sounds : changes.sounds
		};
		const changed = different(chosen, former);
		if (Object.keys(changed).length === 0) return { before: former, after: former };
		await writeShowOverrides(tx, show, chosen);
		await recordAudit(tx, {
			workspaceId: show.workspaceId,
			showId: show.id,
			actor,
			action: 'show.overrides_changed',
			target: 'show',
			details: { before: different(former, chosen), after: changed }
		});
		return { before: former, after: chosen };
	});
	if (before.pollSeconds !== after.pollSeconds) await pollNow(services, show);
	return after;
}

/** The new pace is stored already; a channel that can't be hurried takes it up with its next poll. */
async function pollNow({ db, meta, logger }: Services, show: ScopedShow): Promise<void> {
	if (!meta) return;
	try {
		const channels = await channelsOfShow(db, show.id);
		await Promise.all(channels.filter(isListening).map(({ id }) => meta.jobs.pollNow(id)));
	} catch (error) {
		logger.warn({ err: error, showId: show.id }, 'channels were not hurried');
	}
}
