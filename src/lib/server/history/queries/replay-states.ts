import type { Selectable } from 'kysely';
import { copyLiveShow } from '../../../domain/copy-live-show.ts';
import { SNAPSHOT_WINDOW, applyToLiveShow } from '../../../domain/live-show.ts';
import type { LiveShow } from '../../../domain/live-show.ts';
import { createShowState } from '../../../domain/show-state.ts';
import { AppError } from '../../errors.ts';
import type { Db } from '../database.ts';
import { readPersistedEvents } from '../event-log.ts';
import type { ShowsTable } from '../tables/shows.ts';
import type { ScopedShow } from './scope.ts';

/** Events that are read at once. */
const PAGE_EVENTS = 2_000;
/** Events between two kept states: what is read at most for a state once the show was folded through. */
const SPACING_EVENTS = 5_000;
/** States kept of one show; in a longer log they stand further apart. */
const MAX_STATES = 50;
const MAX_SHOWS = 8;
/** Kept states go after this long, so that nothing is held for nobody. */
const KEPT_MS = 10 * 60_000;

type KeptShow = {
	readonly since: number;
	/** How often the log had been rewritten: states of another log are of no use. */
	readonly rewrites: number;
	readonly spacing: number;
	/** By seq, the first one at 0. Never changed once kept. */
	readonly states: LiveShow[];
	/** Folds of one show run one after the other: the second finds the states of the first. */
	turn: Promise<unknown>;
};

/**
 * States of shows at moments of the past, folded from the log in Postgres by the reducer that consoles use.
 * Kept per process, for a while and bounded: the first look at a show reads its log up to there, each
 * further one the few events from the nearest kept state on.
 */
export class ReplayStates {
	readonly #db: Db;
	readonly #now: () => number;
	readonly #shows = new Map<string, KeptShow>();

	constructor(db: Db, now: () => number = Date.now) {
		this.#db = db;
		this.#now = now;
	}

	/**
	 * The show as event `seq` left it, 0 for before the first one, at most where its log in Postgres ends;
	 * the caller may change it. Name and words before their first change are the present ones: no event
	 * tells what a show was created with. Throws `SHOW_NOT_FOUND`; `SequenceGapError` and `FoldError` for a
	 * damaged log.
	 */
	async at(show: ScopedShow, seq: number): Promise<LiveShow> {
		const kept = await this.#keptOf(show);
		const turn = kept.turn.then(() => this.#fold(show, kept, seq));
		kept.turn = turn.catch(() => undefined);
		return await turn;
	}

	async #keptOf(show: ScopedShow): Promise<KeptShow> {
		const now = this.#now();
		for (const [id, { since }] of this.#shows) {
			if (now - since > KEPT_MS) this.#shows.delete(id);
		}
		const stored = await this.#read(show);
		const known = this.#shows.get(show.id);
		const kept = known?.rewrites === stored.rewrites ? known : begin(show, stored, now);
		// The one that was asked for last goes last.
		this.#shows.delete(show.id);
		this.#shows.set(show.id, kept);
		const [oldest] = this.#shows.keys();
		if (this.#shows.size > MAX_SHOWS && oldest !== undefined) this.#shows.delete(oldest);
		return kept;
	}

	async #read(show: ScopedShow) {
		const row = await this.#db
			.selectFrom('shows')
			.select(['name', 'claim_word', 'pass_word', 'last_seq', 'rewrites'])
			.where('id', '=', show.id)
			.executeTakeFirst();
		if (!row) throw new AppError('SHOW_NOT_FOUND');
		return row;
	}

	async #fold(show: ScopedShow, { states, spacing }: KeptShow, seq: number): Promise<LiveShow> {
		const base = states.findLast(({ state }) => state.seq <= seq);
		if (!base) throw new RangeError(`there is no event ${seq}`);
		const live = copyLiveShow(base);
		while (live.state.seq < seq) {
			const from = live.state.seq + 1;
			const limit = Math.min(PAGE_EVENTS, seq - live.state.seq);
			const events = await readPersistedEvents(this.#db, show.id, from, limit);
			for (const event of events) {
				// A rebuilt show has several epochs in its log; the sequence goes on through them.
				live.state.epoch = event.epoch;
				applyToLiveShow(live, event);
				const last = states.at(-1)?.state.seq ?? 0;
				if (event.seq >= last + spacing) states.push(copyLiveShow(live));
			}
			if (events.length < limit) break;
		}
		return live;
	}
}

type StoredShow = Pick<
	Selectable<ShowsTable>,
	'name' | 'claim_word' | 'pass_word' | 'last_seq' | 'rewrites'
>;

/** The state before the first event, to fold from. */
function begin(show: ScopedShow, stored: StoredShow, since: number): KeptShow {
	const { name, claim_word: claimWord, pass_word: passWord, rewrites } = stored;
	const first: LiveShow = {
		state: createShowState(show.id, '', { name, claimWord, passWord }),
		comments: [],
		feed: [],
		limit: SNAPSHOT_WINDOW,
		persistedSeq: 0
	};
	const spacing = Math.max(SPACING_EVENTS, Math.ceil(Number(stored.last_seq) / MAX_STATES));
	return { since, rewrites, spacing, states: [first], turn: Promise.resolve() };
}
