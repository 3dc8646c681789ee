/** First id of each kind, of the length that Meta's have. Most are beyond 2^53: they are strings. */
const FIRST = {
	person: 10_215_241_773_831_001n,
	page: 1_093_482_904_100_001n,
	instagramAccount: 17_841_400_000_000_001n,
	instagramAppScoped: 26_841_400_000_000_001n,
	liveVideo: 10_155_832_421_501_001n,
	video: 10_156_932_421_502_001n,
	post: 10_157_911_130_738_001n,
	comment: 10_158_936_769_004_001n,
	instagramMedia: 18_000_000_000_000_001n,
	instagramComment: 17_900_000_000_000_001n
} as const;

export type IdKind = keyof typeof FIRST;

const IDS_PER_SEED = 10_000_000n;

/**
 * Hands out ids, ascending by creation. Where they begin depends on the seed, so that two fakes in one
 * database do not give two comments the same id.
 */
export class IdSource {
	readonly #offset: bigint;
	readonly #given = new Map<IdKind, bigint>();

	constructor(seed: number) {
		this.#offset = BigInt(seed % 1_000_000) * IDS_PER_SEED;
	}

	next(kind: IdKind): string {
		const count = this.#given.get(kind) ?? 0n;
		this.#given.set(kind, count + 1n);
		return String(FIRST[kind] + this.#offset + count);
	}
}
