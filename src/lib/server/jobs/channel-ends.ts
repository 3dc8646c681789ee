import { closeChannel } from '../channels/channel-store.ts';
import type { Channel } from '../channels/channel-store.ts';
import type { ChannelIntake } from '../channels/intake.ts';
import type { Db } from '../history/database.ts';
import type { ChannelJobs } from './channel-jobs.ts';

/** The broadcast is over, by its own status. */
export async function endChannel(
	services: { readonly db: Db; readonly intake: ChannelIntake; readonly jobs: ChannelJobs },
	channel: Channel
): Promise<void> {
	const { db, intake, jobs } = services;
	await intake.report(channel, {
		status: 'ended',
		reason: 'live_ended',
		detail: 'The broadcast is over. Everything that was written in it has been read.'
	});
	await closeChannel(db, channel.id, 'live_ended');
	await jobs.unschedule(channel.id);
}

/** A webhook's word that a live has ended is a hint to look, never the end itself (PLATFORMS 2.1). */
export async function lookAtStatus(
	{ db, jobs }: { readonly db: Db; readonly jobs: ChannelJobs },
	liveId: string
): Promise<void> {
	const channels = await db
		.selectFrom('channel_sources')
		.select('id')
		.where('platform', '=', 'facebook')
		.where('live_id', '=', liveId)
		.where('closed_at', 'is', null)
		.execute();
	for (const { id } of channels) await jobs.pollNow(id, true);
}
