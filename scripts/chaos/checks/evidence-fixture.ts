import type { ShowEvent } from '../../../src/lib/domain/events.ts';
import { applyEvent } from '../../../src/lib/domain/reducer.ts';
import { createShowState } from '../../../src/lib/domain/show-state.ts';
import type { ShowState } from '../../../src/lib/domain/show-state.ts';
import { asEvent } from '../../../src/lib/server/event-schema.ts';
import { stateDigest } from '../../../src/lib/server/history/digest.ts';
import { eventDigest } from '../load/event-digest.ts';
import type { HistoryLine } from '../history.ts';
import type { Evidence } from './evidence.ts';

/*
 * A small round in which everything is as it must be: one unit, which u1 wins and passes on to u2. Tests
 * break it by hand, one thing at a time.
 */

export const SHOW = '00000000-0000-4000-8000-000000000001';
const EPOCH = 'first';
const SETTINGS = { name: 'Chaos', claimWord: 'sold', passWord: 'pass' };
const C1 = '00000000-0000-4000-8000-00000000000a';
const C2 = '00000000-0000-4000-8000-00000000000b';
const ITEM_ID = '00000000-0000-4000-8000-00000000000c';

export function buyer(user: string) {
	return {
		key: `debug:${user}`,
		platform: 'debug',
		userId: user,
		handle: user,
		displayName: null
	};
}

export function item(quantity: number) {
	return { id: ITEM_ID, number: '1', title: 'One of a kind', quantity, state: 'open' };
}

const bySpeaking = (commentId: string) => ({ kind: 'comment', commentKey: `debug:${commentId}` });

export function spoken(commentId: string, user: string, more: object) {
	return {
		platform: 'debug',
		liveId: 'debug',
		commentId,
		postedAt: null,
		userId: user,
		handle: user,
		displayName: null,
		fromPage: false,
		text: 'sold 1',
		intent: 'claim',
		item: '1',
		position: null,
		...more
	};
}

/** The event at this seq. Throws when it is none. */
export function event(seq: number, type: string, data: object, epoch = EPOCH): ShowEvent {
	return asEvent({ id: `${epoch}:${seq}`, epoch, seq, at: 1_000 + seq, type, data });
}

export const LOG: readonly ShowEvent[] = [
	event(1, 'item.updated', {
		action: 'added',
		item: item(1),
		previous: null,
		actor: 'user:x',
		cause: null
	}),
	event(2, 'session.status', {
		action: 'activated',
		status: 'active',
		previous: 'draft',
		...SETTINGS,
		actor: 'user:x'
	}),
	event(3, 'comment.received', spoken('c1', 'u1', { outcome: 'winner', claimId: C1 })),
	event(4, 'claim.created', {
		...{ claimId: C1, itemId: ITEM_ID, item: '1', buyer: buyer('u1'), state: 'winner' },
		...{ rank: 4, position: null, cause: bySpeaking('c1') }
	}),
	event(
		5,
		'comment.received',
		spoken('c2', 'u2', { outcome: 'waitlist', claimId: C2, position: 1 })
	),
	event(6, 'claim.created', {
		...{ claimId: C2, itemId: ITEM_ID, item: '1', buyer: buyer('u2'), state: 'waitlist' },
		...{ rank: 6, position: 1, cause: bySpeaking('c2') }
	}),
	event(
		7,
		'comment.received',
		spoken('c3', 'u1', { intent: 'pass', outcome: 'pass', claimId: C1 })
	),
	event(8, 'claim.released', {
		...{ claimId: C1, item: '1', buyer: buyer('u1'), from: 'winner', rank: 4 },
		cause: bySpeaking('c3')
	}),
	event(9, 'claim.promoted', {
		...{ claimId: C2, item: '1', buyer: buyer('u2'), cause: bySpeaking('c3') }
	})
];

function foldAll(log: readonly ShowEvent[]): ShowState {
	const state = createShowState(SHOW, EPOCH, SETTINGS);
	for (const one of log) applyEvent(state, one);
	return state;
}

/** A comment's sending and its answer, `at` and 5 ms later. */
export function told(
	op: number,
	at: number,
	commentId: string,
	answer: { readonly seq: number; readonly outcome: 'winner' | 'waitlist' | 'pass' },
	claimId: string
): HistoryLine[] {
	const key = `debug:${commentId}`;
	const operation = { kind: 'comment', key, text: 'sold 1', user: 'u' } as const;
	const comment = { ...answer, claimId, replay: false, epoch: EPOCH };
	return [
		{ type: 'invoke', at, op, showId: SHOW, operation },
		{ type: 'ok', at: at + 5, op, comment }
	];
}

/** What a console saw: the whole state at `from`, then every event of the log. */
export function watched(console: string, from: number, log: readonly ShowEvent[]): HistoryLine[] {
	const events = log
		.filter(({ seq }) => seq > from)
		.map((one): [string, string] => [one.id, eventDigest(one)]);
	const position = { epoch: EPOCH, seq: from };
	return [
		{ type: 'snapshot', at: 1, console, showId: SHOW, position },
		{ type: 'events', at: 50, console, showId: SHOW, events }
	];
}

export const HISTORY: readonly HistoryLine[] = [
	...told(0, 10, 'c1', { seq: 3, outcome: 'winner' }, C1),
	...told(1, 20, 'c2', { seq: 5, outcome: 'waitlist' }, C2),
	...told(2, 30, 'c3', { seq: 7, outcome: 'pass' }, C1),
	...watched('console', 2, LOG)
];

/** The sound round, with what a test changes in it. */
export function evidence(change: Partial<Evidence> = {}): Evidence {
	const live = foldAll(LOG);
	const digest = stateDigest(live);
	return {
		showId: SHOW,
		history: HISTORY,
		log: LOG,
		commits: [{ from: { epoch: EPOCH, seq: 0 }, to: { epoch: EPOCH, seq: 9 } }],
		live,
		postgresEpoch: EPOCH,
		digests: { events: digest, redis: digest, postgres: digest },
		consoles: [{ name: 'console', position: { epoch: EPOCH, seq: 9 }, digest, fault: '' }],
		...change
	};
}

/** The log without, with other, or with more events. */
export function logWith(changes: Readonly<Record<number, ShowEvent | null>>): ShowEvent[] {
	const changed = LOG.flatMap((one) => {
		const change = changes[one.seq];
		if (change === undefined) return [one];
		return change === null ? [] : [change];
	});
	const more = Object.values(changes).filter((one) => one !== null && one.seq > LOG.length);
	return [...changed, ...more.filter((one) => one !== null)];
}

export const CLAIMS = { C1, C2, ITEM_ID };
