import type { IncomingComment } from '../allocator/comment.ts';

export const DEBUG_PLATFORM = 'debug';
const LIVE_ID = 'debug';
/** Comments per person: buyers come back, so that duplicates, passes and queues happen. */
const COMMENTS_PER_PERSON = 4;
const CHATTER = [
	'love this one',
	'how much is shipping?',
	'hello from Oslo',
	'wow',
	'is it cotton?'
];

/** Mulberry32: small, seeded and good enough for made-up comments. Returns numbers in [0, 1). */
function seededRandom(seed: number): () => number {
	let state = seed >>> 0;
	return () => {
		state = (state + 0x6d2b79f5) >>> 0;
		let mixed = Math.imul(state ^ (state >>> 15), state | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	};
}

export type DebugComments = {
	readonly count: number;
	/** Items that people ask for. With none, they only chat. */
	readonly itemNumbers: readonly string[];
	readonly claimWord: string;
	readonly passWord: string;
	/** The same seed gives the same comments with the same ids. */
	readonly seed: number;
};

/** Made-up comments: mostly claims, some chatter, a few passes. */
export function* debugComments(
	options: DebugComments
): Generator<IncomingComment, void, undefined> {
	const random = seededRandom(options.seed);
	const pick = <T>(list: readonly T[]): T | undefined => list[Math.floor(random() * list.length)];
	const people = Math.max(1, Math.ceil(options.count / COMMENTS_PER_PERSON));
	for (let index = 0; index < options.count; index++) {
		const person = Math.floor(random() * people);
		const item = pick(options.itemNumbers);
		const kind = random();
		let text = pick(CHATTER) ?? '';
		if (item !== undefined && kind < 0.75) text = `${options.claimWord} ${item}`;
		else if (item !== undefined && kind < 0.82) text = `${options.passWord} ${item}`;
		yield {
			platform: DEBUG_PLATFORM,
			liveId: LIVE_ID,
			commentId: `${options.seed}-${index}`,
			userId: `u${person}`,
			userHandle: `viewer_${person}`,
			text
		};
	}
}
