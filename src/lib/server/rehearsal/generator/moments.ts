import type { Random } from './random.ts';
import type { OperatorAction, ShowScript } from './show-script.ts';

/** What a viewer is about to do. Who it is, and the words, are decided when the moment comes. */
export type CommentKind =
	| 'claim'
	| 'repeat'
	| 'reclaim'
	| 'pass'
	| 'stray_pass'
	| 'unknown_item'
	| 'near_miss'
	| 'ambiguous'
	| 'double'
	| 'question'
	| 'praise'
	| 'emoji'
	| 'greeting'
	| 'goodbye'
	| 'chat';

/** A comment to come. `posted` is its place in the order of posting, from 0. */
export type CommentMoment = {
	atMs: number;
	kind: CommentKind;
	item: string;
	postedAtMs: number;
	posted: number;
};

/** Something that is about to happen, at the time it reaches the show. */
export type Moment =
	| CommentMoment
	| { atMs: number; kind: 'again' }
	| { atMs: number; kind: 'pause' | 'resume' | 'end' }
	| { atMs: number; kind: 'operator'; action: OperatorAction };

/** Shares of all comments; what they leave is chat. */
const SHARES: readonly (readonly [Exclude<CommentKind, 'chat'>, number])[] = [
	['claim', 0.4],
	['repeat', 0.03],
	['reclaim', 0.008],
	['pass', 0.035],
	['stray_pass', 0.012],
	['unknown_item', 0.018],
	['near_miss', 0.03],
	['ambiguous', 0.005],
	['double', 0.004],
	['question', 0.15],
	['praise', 0.1],
	['emoji', 0.08],
	['greeting', 0.05],
	['goodbye', 0.02]
];
/** Claims and passes while the show is paused, as a share of all comments. */
const PAUSED_SHARE = 0.012;
/** Deliveries on top, as a share of all comments. */
const AGAIN_SHARE = 0.015;

/** Viewers need this long to see an item and type, at least. */
const REACTION_MS = 900;

/**
 * Plans who does what when, in the order in which it reaches the show. Comments arrive a little
 * after they are posted, each with its own delay, so later ones overtake earlier ones.
 */
export function planMoments(script: ShowScript, random: Random): Moment[] {
	const comments = planComments(script, random);
	comments.sort((a, b) => a.postedAtMs - b.postedAtMs);
	for (const [index, comment] of comments.entries()) comment.posted = index;

	const moments: Moment[] = [...comments];
	for (let left = Math.floor(script.comments * AGAIN_SHARE); left > 0; left--) {
		moments.push({ atMs: random.int(0, script.durationMs - 1), kind: 'again' });
	}
	for (const { fromMs, toMs } of script.pauses) {
		moments.push({ atMs: fromMs, kind: 'pause' }, { atMs: toMs, kind: 'resume' });
	}
	for (const { atMs, ...action } of script.operator) {
		moments.push({ atMs, kind: 'operator', action });
	}
	moments.sort((a, b) => a.atMs - b.atMs);
	moments.push({ atMs: script.durationMs, kind: 'end' });
	return moments;
}

function planComments(script: ShowScript, random: Random): CommentMoment[] {
	const { comments: count, durationMs, items } = script;
	const planned: CommentMoment[] = [];
	const post = (kind: CommentKind, item: string, wishedMs: number) => {
		if (planned.length >= count) return;
		const postedAtMs = Math.min(Math.max(0, wishedMs), durationMs - 1);
		const delayMs = random.chance(0.01) ? random.int(2_000, 9_000) : 60 + random.early(900);
		const atMs = Math.min(postedAtMs + delayMs, durationMs - 1);
		planned.push({ atMs, kind, item, postedAtMs, posted: 0 });
	};

	for (const { fromMs, toMs } of script.pauses) {
		for (let left = Math.floor(count * PAUSED_SHARE); left > 0; left--) {
			const kind = random.chance(0.2) ? 'pass' : 'claim';
			const wishedMs = random.int(fromMs, toMs - 200);
			post(kind, shownBefore(script, wishedMs).number, wishedMs);
		}
	}
	const wanted = items.map((item) => [item.hype, item] as const);
	for (const [kind, share] of SHARES) {
		for (let left = Math.floor(count * share); left > 0; left--) {
			if (kind === 'claim') {
				const item = random.weighted(wanted);
				post(kind, item.number, item.shownAtMs + reactionMs(random));
				continue;
			}
			const wishedMs = wishedTime(kind, random, durationMs);
			const item = aboutWhich(kind, random, script, wishedMs);
			post(kind, item.number, wishedMs);
		}
	}
	while (planned.length < count) {
		const wishedMs = random.int(0, durationMs - 1);
		post('chat', shownBefore(script, wishedMs).number, wishedMs);
	}
	return planned;
}

/** Half of a crowd answers within a second of the first one; a few wake up much later. */
function reactionMs(random: Random): number {
	return random.chance(0.04) ? random.int(15_000, 70_000) : REACTION_MS + random.early(9_000);
}

function wishedTime(kind: CommentKind, random: Random, durationMs: number): number {
	switch (kind) {
		case 'greeting':
			return random.early(Math.floor(durationMs * 0.6));
		case 'goodbye':
			return durationMs - 1 - random.early(Math.floor(durationMs * 0.08));
		case 'pass':
		case 'reclaim':
			return random.int(Math.min(20_000, Math.floor(durationMs / 4)), durationMs - 1);
		default:
			return random.int(0, durationMs - 1);
	}
}

/** Passes come for any recent item; everything else is about the one in the host's hands. */
function aboutWhich(kind: CommentKind, random: Random, script: ShowScript, atMs: number) {
	const isPass = kind === 'pass' || kind === 'stray_pass';
	return shownBefore(script, atMs, isPass ? random.early(6) : 0);
}

/** The item last shown at a time, or the one `back` places before it; the first one at worst. */
function shownBefore(script: ShowScript, atMs: number, back = 0) {
	const { items } = script;
	let low = 0;
	let high = items.length;
	while (low < high) {
		const middle = (low + high) >> 1;
		if ((items[middle]?.shownAtMs ?? 0) <= atMs) low = middle + 1;
		else high = middle;
	}
	const item = items[Math.max(0, low - 1 - back)];
	if (item === undefined) throw new Error('a show needs at least one item');
	return item;
}
