import { mayOperate } from '$lib/server/auth/member.ts';
import { may } from '$lib/server/auth/permissions.ts';
import { orErrorPage, requireMember } from '../../../../page-access.ts';
import type { PageServerLoad } from './$types';

/** Where to begin: the event that the address names, else the start of the show, or the end of a running one. */
async function readMoment(api: App.Locals['api'], showId: string, asked: number | null) {
	const overview = await api.replay.overview({ showId });
	const { startSeq, lastSeq, status, startedAt, times, lastAt } = overview;
	const goesOn = status === 'active' || status === 'paused';
	const end = Math.min(asked ?? (goesOn ? lastSeq : startSeq), lastSeq);
	const snapshot = await api.replay.stateAt({ showId, seq: end });
	if (end === 0) return { overview, snapshot, at: startedAt ?? times[0] ?? 0 };
	if (end === lastSeq) return { overview, snapshot, at: lastAt ?? 0 };
	const { events } = await api.replay.range({ showId, fromSeq: end, limit: 1 });
	return { overview, snapshot, at: events[0]?.at ?? startedAt ?? 0 };
}

export const load: PageServerLoad = async ({ locals, params, url }) => {
	const member = requireMember(locals, url);
	const showId = params.id;
	const asked = /^[0-9]{1,15}$/.exec(url.searchParams.get('event') ?? '')?.[0];
	const moment = await orErrorPage(
		locals,
		url,
		readMoment(locals.api, showId, asked === undefined ? null : Number(asked))
	);
	return {
		showId,
		...moment,
		mayOperate: mayOperate(member.role),
		mayErase: may(member.role, 'erasePersonalData')
	};
};
