import type { CommentIntake } from '../allocator/comment.ts';
import type { OperatorActions } from '../allocator/operator-actions.ts';
import type { AuthService } from '../auth/service.ts';
import type { Db } from '../history/database.ts';
import type { Reconciler } from '../history/reconcile/reconciler.ts';
import type { Recovery } from '../history/recovery.ts';
import type { Retention } from '../history/redaction/retention.ts';
import type { ShowBlocks } from '../history/show-blocks.ts';
import type { WriteBehind } from '../history/write-behind.ts';
import type { RedisClient } from '../redis/run-script.ts';
import type { LuaScript } from '../redis/script-loader.ts';
import { startBlockListSweep } from './block-list-sweep.ts';
import type { JobReports } from './failed-jobs.ts';
import { startHousekeeping } from './housekeeping.ts';
import { ReconcileTimer } from './reconcile-timer.ts';
import { startRehearsalWorker } from './rehearsal-jobs.ts';
import { startRetentionSweep } from './retention-sweep.ts';
import { Sweep } from './sweep.ts';
import { startWriteBehindWorker } from './write-behind-jobs.ts';

export type BackgroundWorkOptions = JobReports & {
	readonly db: Db;
	readonly redis: RedisClient;
	/** A connection of its own for each BullMQ worker. */
	readonly connect: () => RedisClient;
	readonly scripts: ReadonlyMap<string, LuaScript>;
	readonly auth: AuthService;
	readonly comments: CommentIntake;
	readonly actions: OperatorActions;
	readonly blocks: ShowBlocks;
	readonly writeBehind: WriteBehind;
	readonly retention: Retention;
	readonly recovery: Recovery;
	readonly reconciler: Reconciler;
	/** Called after each round of the reconciler with how many shows have a damage that it could not heal. */
	readonly onReconciled: (damagedShows: number) => void;
};

/** The ends of parts of the process, by name. */
export type Ends = Readonly<Record<string, Promise<void>>>;

export type BackgroundWork = {
	/** Begins nothing new but history, which goes on for what is in hand. */
	retire(): Ends;
	/** Ends the writing of history. */
	close(): Ends;
};

/** What a worker does beside its channels: writes and checks history, plays rehearsals, keeps house. */
export function startBackgroundWork(options: BackgroundWorkOptions): BackgroundWork {
	const { db, redis, connect, scripts, logger, jobGivenUp } = options;
	const { comments, actions, writeBehind } = options;
	const history = startWriteBehindWorker(connect(), writeBehind, options);
	const rehearsals = startRehearsalWorker({
		connection: connect(),
		...{ comments, actions, logger, jobGivenUp }
	});
	const sweep = new Sweep({ db, redis, writeBehind, recovery: options.recovery, logger });
	const reconcileTimer = new ReconcileTimer({
		...{ db, redis, scripts, logger, reconciler: options.reconciler },
		onFinished: options.onReconciled
	});
	const stopBlockListSweep = startBlockListSweep(options.blocks, logger);
	const stopRetentionSweep = startRetentionSweep(options.retention, logger);
	const stopHousekeeping = startHousekeeping(options.auth, logger);
	return {
		retire: () => ({
			rehearsals: rehearsals.close(),
			blockLists: stopBlockListSweep(),
			retention: stopRetentionSweep(),
			housekeeping: stopHousekeeping()
		}),
		close: () => ({
			reconciler: reconcileTimer.close(),
			sweep: sweep.close(),
			history: history.close()
		})
	};
}
