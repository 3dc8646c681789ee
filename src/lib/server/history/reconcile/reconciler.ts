import type { ChannelReports } from '../../allocator/channel-reports.ts';
import type { Logger } from '../../observability/logger.ts';
import { readLiveLog } from '../live-log.ts';
import { persistedPosition } from '../postgres-state.ts';
import type { Recovery } from '../recovery.ts';
import { retireShow } from '../retire-show.ts';
import { inspectShow } from './inspect-show.ts';
import type { InspectOptions } from './inspect-show.ts';
import { LogFolds } from './log-folds.ts';
import { isBeyondRepair } from './mismatch.ts';
import type { Inspection, Mismatch, MismatchKind } from './mismatch.ts';
import { rewriteRows } from './rewrite-rows.ts';

/** Hears of each check, for metrics. */
export type ReconcileObserver = {
	readonly checked: (result: 'agree' | 'mismatch' | 'moved' | 'failed', durationMs: number) => void;
	readonly mismatched: (kind: string, healed: boolean) => void;
};

export type ReconcilerOptions = InspectOptions & {
	readonly recovery: Pick<Recovery, 'recover'>;
	readonly reports: Pick<ChannelReports, 'error'>;
	readonly logger: Logger;
	readonly observer?: ReconcileObserver;
};

export type Finding = Mismatch & { readonly healed: boolean };

export type CheckResult = {
	readonly result: Inspection['result'];
	/** What was wrong. */
	readonly findings: readonly Finding[];
};

/** The same damage again within this time is not healed again: healing does not last, somebody must look. */
const RELAPSE_MS = 15 * 60_000;
const REWRITE_ATTEMPTS = 10;
const OPERATOR_MESSAGE =
	'Part of this show’s record is damaged and could not be mended by itself. Claims go on, but check the result; whoever runs the server has been told.';

/**
 * Compares shows (inspect-show.ts), heals what can be healed, and raises the rest: in the log, as a
 * metric, and once as an event for the show's operators (docs/decisions/0017-reconciler.md).
 */
export class Reconciler {
	readonly #options: ReconcilerOptions;
	readonly #folds: LogFolds;
	/** When which damage of which show was healed, and what its operators were told of. */
	readonly #healedAt = new Map<string, number>();
	readonly #told = new Set<string>();

	constructor(options: ReconcilerOptions) {
		this.#options = options;
		this.#folds = new LogFolds(options.db);
	}

	/**
	 * Checks one show. A mismatch counts once it was seen twice, the second time with the log read from its
	 * beginning. Throws when Redis or Postgres is away.
	 */
	async check(showId: string): Promise<CheckResult> {
		const { observer } = this.#options;
		const startedAt = performance.now();
		let result: Inspection['result'] | 'failed' = 'failed';
		try {
			const checked = await this.#check(showId);
			({ result } = checked);
			return checked;
		} finally {
			observer?.checked(result, performance.now() - startedAt);
		}
	}

	async #check(showId: string): Promise<CheckResult> {
		const first = await inspectShow(this.#options, showId, this.#folds);
		if (first.result !== 'mismatch') return this.#isWell(showId, first.result);
		const again = await this.#inspectAnew(showId);
		const kinds = new Set(first.mismatches.map(({ kind }) => kind));
		const confirmed = again.mismatches.filter(({ kind }) => kinds.has(kind));
		if (confirmed.length === 0) {
			return again.result === 'mismatch'
				? { result: 'moved', findings: [] }
				: this.#isWell(showId, again.result);
		}
		for (const mismatch of confirmed.toSorted(rowsFirst)) await this.#heal(showId, mismatch);
		const after = await this.#inspectAnew(showId);
		const findings = confirmed.map((mismatch) => ({
			...mismatch,
			healed:
				after.result !== 'moved' && !after.mismatches.some(({ kind }) => kind === mismatch.kind)
		}));
		for (const finding of findings) await this.#raise(showId, finding);
		return { result: 'mismatch', findings };
	}

	#isWell(showId: string, result: 'agree' | 'moved'): CheckResult {
		if (result === 'agree') {
			for (const key of this.#told) if (key.startsWith(showId)) this.#told.delete(key);
		}
		return { result, findings: [] };
	}

	async #inspectAnew(showId: string): Promise<Inspection> {
		this.#folds.forget(showId);
		return await inspectShow(this.#options, showId, this.#folds);
	}

	async #heal(showId: string, { kind }: Mismatch): Promise<void> {
		const { recovery, logger } = this.#options;
		const healedAt = this.#healedAt.get(damageKey(showId, kind)) ?? -Infinity;
		if (isBeyondRepair(kind) || performance.now() - healedAt < RELAPSE_MS) return;
		this.#healedAt.set(damageKey(showId, kind), performance.now());
		try {
			if (kind === 'rows_differ') await this.#rewrite(showId);
			else if (kind === 'redis_differs') await this.#replace(showId);
			else await recovery.recover(showId, null);
		} catch (error) {
			logger.warn({ err: error, showId, kind }, 'a mismatch could not be healed');
		}
	}

	async #rewrite(showId: string): Promise<void> {
		const { db } = this.#options;
		for (let attempt = 0; attempt < REWRITE_ATTEMPTS; attempt++) {
			const cursor = await persistedPosition(db, showId);
			if (!cursor || (await rewriteRows(db, showId, cursor))) return;
		}
	}

	/** Takes the show out of use, whatever is going on in it, and rebuilds it. */
	async #replace(showId: string): Promise<void> {
		const { redis, scripts, writeBehind, recovery } = this.#options;
		await writeBehind.persist(showId);
		const live = await readLiveLog(redis, showId);
		if (live) await retireShow(redis, scripts, showId, live.epoch);
		await recovery.recover(showId, null);
	}

	async #raise(showId: string, finding: Finding): Promise<void> {
		const { logger, reports, observer } = this.#options;
		const { kind, seq, detail, healed } = finding;
		observer?.mismatched(kind, healed);
		if (healed) {
			logger.warn({ showId, kind, seq, detail }, 'a mismatch was healed');
			return;
		}
		logger.error({ showId, kind, seq, detail }, 'a mismatch that can’t be healed');
		const key = damageKey(showId, kind);
		if (this.#told.has(key)) return;
		this.#told.add(key);
		try {
			const code = `RECONCILE_${kind.toUpperCase()}`;
			await reports.error(showId, { code, message: OPERATOR_MESSAGE, channelId: null });
		} catch (error) {
			logger.warn({ err: error, showId }, 'the show’s operators could not be told');
		}
	}
}

const damageKey = (showId: string, kind: MismatchKind): string => `${showId}:${kind}`;

/** Redis is rebuilt from the rows, so they come first. */
function rowsFirst(a: Mismatch, b: Mismatch): number {
	return Number(b.kind === 'rows_differ') - Number(a.kind === 'rows_differ');
}
