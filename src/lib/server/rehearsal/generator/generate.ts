import type { RehearsalHeader, RehearsalLine } from '../format.ts';
import { Crowd } from './crowd.ts';
import { Ledger } from './ledger.ts';
import { planMoments, type CommentMoment, type Moment } from './moments.ts';
import { Operator } from './operator.ts';
import { Random } from './random.ts';
import type { ShowScript } from './show-script.ts';
import { Speaker } from './speaker.ts';

type CommentLine = Extract<RehearsalLine, { type: 'comment' }>;

/** How many comments back a platform may deliver one again. */
const DELIVERED_AGAIN_WITHIN = 300;

/** The first line of the show. */
export function showHeader(script: ShowScript): RehearsalHeader {
	return {
		type: 'show',
		name: script.name,
		claimWord: 'sold',
		passWord: 'pass',
		items: script.items
			.filter((item) => !item.addedMidShow)
			.map(({ number, title, quantity }) => ({ number, title, quantity }))
	};
}

/** A notebook for the show, opened with the items of its header. */
export function showLedger(script: ShowScript): Ledger {
	return new Ledger(showHeader(script).items);
}

/**
 * Writes the show line by line, in the order of `at`, with one `end` as the last one.
 * @param ledger keeps the count of what each line does; afterwards it holds the expected result
 */
export function* showLines(script: ShowScript, ledger: Ledger): Generator<RehearsalLine> {
	const random = new Random(script.seed);
	const writer = new ShowWriter(script, random, ledger);
	for (const moment of planMoments(script, random)) {
		const line = writer.line(moment);
		if (line) yield line;
	}
}

/** Turns moments into lines. */
class ShowWriter {
	readonly #random: Random;
	readonly #ledger: Ledger;
	readonly #speaker: Speaker;
	readonly #operator: Operator;
	readonly #lives: ReadonlyMap<string, string>;
	/** The latest comments, a ring. */
	readonly #delivered: CommentLine[] = [];
	#deliveredCount = 0;

	constructor(script: ShowScript, random: Random, ledger: Ledger) {
		const crowd = new Crowd(random, ledger, script);
		this.#random = random;
		this.#ledger = ledger;
		this.#speaker = new Speaker({ script, random, ledger, crowd });
		this.#operator = new Operator(ledger, crowd);
		this.#lives = new Map(
			script.platforms.map((platform) => [platform, inventLiveId(random, platform)])
		);
	}

	line(moment: Moment): RehearsalLine | null {
		const at = moment.atMs;
		switch (moment.kind) {
			case 'pause':
				this.#ledger.pause();
				return { type: 'pause', at };
			case 'resume':
				this.#ledger.resume();
				return { type: 'resume', at };
			case 'end':
				return { type: 'end', at };
			case 'operator':
				return this.#operator.act(at, moment.action);
			case 'again':
				return this.#deliverAgain(at);
			default:
				return this.#comment(moment);
		}
	}

	#comment({ atMs: at, kind, item, posted }: CommentMoment): CommentLine {
		const { person, text, intent } = this.#speaker.speak(kind, item);
		const outcome = this.#ledger.comment(intent, person.key);
		if (intent && outcome === 'pass') this.#speaker.passed(intent.item, person);
		const { platform, userId, handle: userHandle, displayName: userDisplayName } = person;
		const liveId = this.#lives.get(platform) ?? platform;
		const commentId = inventCommentId(this.#random, platform, liveId, posted);
		const comment: CommentLine = {
			type: 'comment',
			at,
			platform,
			liveId,
			commentId,
			userId,
			userHandle,
			userDisplayName,
			text
		};
		this.#delivered[this.#deliveredCount++ % DELIVERED_AGAIN_WITHIN] = comment;
		return comment;
	}

	/** The same comment once more, as webhooks and polls do. Null when there was none yet. */
	#deliverAgain(at: number): CommentLine | null {
		const back = 1 + this.#random.early(this.#delivered.length);
		const comment = this.#delivered[(this.#deliveredCount - back) % DELIVERED_AGAIN_WITHIN];
		if (!comment) return null;
		this.#ledger.commentAgain();
		return { ...comment, at };
	}
}

/** Like the platforms' own ids: as text, since a number could not hold their digits. */
function inventLiveId(random: Random, platform: string): string {
	const digits = (count: number) =>
		Array.from({ length: count }, () => String(random.int(0, 9))).join('');
	switch (platform) {
		case 'facebook':
			return `1${digits(14)}`;
		case 'instagram':
			return `179${digits(14)}`;
		default:
			return `4${digits(10)}`;
	}
}

/** Later posted is greater, with gaps for all the other comments of the world. */
function inventCommentId(random: Random, platform: string, liveId: string, posted: number): string {
	const serial = BigInt(posted) * 7919n + BigInt(random.int(0, 7000));
	switch (platform) {
		case 'facebook':
			return `${liveId}_${122_104_800_000_000_000n + serial}`;
		case 'instagram':
			return String(17_900_400_000_000_000n + serial);
		default:
			return String(1_900_400_000_000_000_000n + serial);
	}
}
