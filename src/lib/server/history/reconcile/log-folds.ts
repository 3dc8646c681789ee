import { ZodError } from 'zod';
import type { ShowEvent } from '../../../domain/events.ts';
import { brokenInvariants } from '../../../domain/invariants.ts';
import { FoldError, SequenceGapError, applyEvent } from '../../../domain/reducer.ts';
import { createShowState } from '../../../domain/show-state.ts';
import type { ShowState } from '../../../domain/show-state.ts';
import { RecentMap } from '../../allocator/recent-map.ts';
import type { Db } from '../database.ts';
import { readPersistedEvents } from '../event-log.ts';
import type { Mismatch, MismatchKind } from './mismatch.ts';

/** Events read at once: few enough that folding them does not hold up the process. */
const PAGE = 500;
/** Folds kept between runs, so that a run reads only what is new. */
const MAX_FOLDS = 200;
/** The log is read anew from its beginning this often: somebody may have changed what was read already. */
const REFOLD_MS = 60 * 60_000;

type Fold = { readonly state: ShowState; readonly begunAt: number };

/** The log in Postgres is damaged. */
export class LogFaultError extends Error {
	override readonly name = 'LogFaultError';
	readonly mismatch: Mismatch;

	constructor(kind: MismatchKind, seq: number, detail: string) {
		super(`${kind} at event ${seq}: ${detail}`);
		this.mismatch = { kind, seq, detail };
	}
}

/** Folds of persisted logs, each continued where it stopped. */
export class LogFolds {
	readonly #db: Db;
	readonly #folds = new RecentMap<Fold>(MAX_FOLDS);

	constructor(db: Db) {
		this.#db = db;
	}

	/** Forgets a show: the next fold reads its log from the beginning. */
	forget(showId: string): void {
		this.#folds.delete(showId);
	}

	/**
	 * The fold of the show's log up to `seq`, which is changed by the next call. `settings`: those that the
	 * show was created with are in no event. Throws `LogFaultError`.
	 */
	async foldTo(showId: string, settings: ShowState['settings'], seq: number): Promise<ShowState> {
		const known = this.#folds.get(showId);
		const now = performance.now();
		const goesOn = known && known.state.seq <= seq && now - known.begunAt < REFOLD_MS;
		const fold = goesOn ? known : { state: createShowState(showId, '', settings), begunAt: now };
		// Set again only when all went well: a fold that stopped half-way is of no use.
		this.#folds.delete(showId);
		await this.#continue(fold.state, seq);
		const [broken] = brokenInvariants(fold.state);
		if (broken) throw new LogFaultError('rule_broken', seq, broken);
		this.#folds.set(showId, fold);
		return fold.state;
	}

	async #continue(state: ShowState, seq: number): Promise<void> {
		while (state.seq < seq) {
			const events = await this.#read(state, Math.min(PAGE, seq - state.seq));
			if (events.length === 0) throw new LogFaultError('log_gap', state.seq + 1, 'no_event');
			for (const event of events) {
				// A rebuilt show has several epochs in its log; the sequence goes on through them.
				state.epoch = event.epoch;
				apply(state, event);
			}
		}
	}

	async #read(state: ShowState, limit: number): Promise<ShowEvent[]> {
		try {
			return await readPersistedEvents(this.#db, state.showId, state.seq + 1, limit);
		} catch (error) {
			if (!(error instanceof ZodError)) throw error;
			throw new LogFaultError('log_invalid', state.seq + 1, 'unreadable');
		}
	}
}

function apply(state: ShowState, event: ShowEvent): void {
	const seq = state.seq + 1;
	try {
		applyEvent(state, event);
	} catch (error) {
		if (error instanceof SequenceGapError) throw new LogFaultError('log_gap', seq, 'no_event');
		if (error instanceof FoldError) throw new LogFaultError('log_invalid', seq, event.type);
		throw error;
	}
}
