import type { ChannelReports } from '../allocator/channel-reports.ts';
import type { CommentIntake } from '../allocator/comment.ts';
import type { OperatorActions } from '../allocator/operator-actions.ts';
import type { AuthService } from '../auth/service.ts';
import type { Config } from '../config.ts';
import type { Db } from '../history/database.ts';
import type { ReplayStates } from '../history/queries/replay-states.ts';
import type { BuyerErasure } from '../history/redaction/erase-buyer.ts';
import type { ShowBlocks } from '../history/show-blocks.ts';
import type { MetaServices } from '../jobs/meta-channels.ts';
import type { RehearsalQueue } from '../jobs/rehearsal-jobs.ts';
import type { Logger } from '../observability/logger.ts';
import type { RequestLimits } from '../protection/request-limits.ts';
import type { LiveFeed } from '../realtime/hub-types.ts';
import type { RedisClient } from '../redis/run-script.ts';

/** What the API works with; the composition root builds it once per process. */
export type ApiServices = {
	readonly config: Config;
	readonly logger: Logger;
	readonly db: Db;
	readonly redis: RedisClient;
	readonly comments: CommentIntake;
	readonly actions: OperatorActions;
	/** Brings the workspace's block list to its shows. */
	readonly blocks: ShowBlocks;
	/** Erases what the workspace holds about a person. */
	readonly erasure: BuyerErasure;
	readonly channels: ChannelReports;
	/** Facebook and Instagram; null when this server has no Meta app. */
	readonly meta: MetaServices | null;
	readonly live: LiveFeed;
	/** How often people and addresses may ask. */
	readonly limits: RequestLimits;
	readonly auth: AuthService;
	readonly rehearsals: Pick<RehearsalQueue, 'add' | 'admit'>;
	/** Shows at moments of their past. */
	readonly replays: ReplayStates;
};
