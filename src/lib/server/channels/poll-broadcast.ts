import type { Usage } from './meta/usage.ts';
import { WARN_PERCENT, chosenPace, nextPoll } from './pace.ts';
import type { PlatformComment } from './platform-comment.ts';
import { endBroadcast, reportStanding } from './poll-outcome.ts';
import type { Polling } from './poll-outcome.ts';
import { readBroadcast } from './poll-read.ts';
import { planRead, showEpoch } from './poll-state.ts';
import type { PollState } from './poll-state.ts';

const STATUS_EVERY_MS = 30_000;
/** Readings in a row that must miss a broadcast before it counts as over. */
const MISSING_READINGS = 2;

/**
 * One poll: reads what is new since the cursor, looks now and then whether the broadcast is over, and
 * moves the cursor if every page was read. Returns where the polling stands then; throws `MetaError`, and
 * then it stands where it stood.
 */
export async function pollBroadcast(poll: Polling, before: PollState): Promise<PollState> {
	const { redis, client, channel, reader, observer } = poll;
	const now = Date.now();
	const epoch = await showEpoch(redis, channel.showId);
	const state = before.epoch === epoch ? before : { ...before, epoch, since: null, rest: null };
	const plan = planRead(state, { now, showStartedAt: channel.showStartedAt?.getTime() ?? null });
	const { since } = plan;
	const result = await readBroadcast(poll, plan);

	observer?.polled(channel.platform, 'ok', result.usage?.percent ?? null);
	const statusDue = now - state.statusAt >= STATUS_EVERY_MS;
	const broadcast = statusDue ? await reader.status(poll.signal) : 'live';
	const missing = broadcast === 'missing' ? state.missing + 1 : 0;
	if (broadcast === 'ended' || missing >= MISSING_READINGS) {
		await endBroadcast(poll);
		return { ...state, nextAt: null };
	}
	const quiet = result.fresh > 0 ? 0 : state.quiet + 1;
	const pace = nextPoll(
		chosenPace(client.settings.pollMs, channel.pollSeconds),
		quiet,
		result.usage
	);
	await reportReading(poll, pace.limited, result.usage);
	const { complete, newest, resumeAfter: after } = result;
	return {
		...state,
		since: complete ? newestTime(newest, { since: state.since, now }) : state.since,
		rest: after === null ? null : { after, since },
		nextAt: after === null || pace.limited ? now + pace.delayMs : now,
		polledAt: Date.now(),
		failures: 0,
		quiet,
		deepAt: plan.deep ? now : state.deepAt,
		statusAt: statusDue ? now : state.statusAt,
		missing,
		deadToken: null
	};
}

async function reportReading(poll: Polling, limited: boolean, usage: Usage | null): Promise<void> {
	const percent = usage?.percent ?? 0;
	const slow =
		percent >= WARN_PERCENT
			? `Most of what ${poll.connection.accountName} may ask of Meta is used up: we read less often.`
			: null;
	await reportStanding(poll, {
		status: limited ? 'degraded' : 'connected',
		reason: limited ? 'throttled' : null,
		detail: slow
	});
}

/** The cursor after a complete read. A time that lies ahead of us must not hide what is written until then. */
function newestTime(
	newest: PlatformComment | null,
	{ since, now }: { readonly since: number | null; readonly now: number }
): number | null {
	const time = newest?.postedAt ?? null;
	return time === null ? since : Math.max(Math.min(time, now), since ?? 0);
}
