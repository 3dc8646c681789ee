import type { Config } from '../config.ts';
import { router } from './init.ts';
import { accountRouter } from './routers/account.ts';
import { auditRouter } from './routers/audit.ts';
import { authRouter } from './routers/auth.ts';
import { buyersRouter } from './routers/buyers.ts';
import { channelsRouter } from './routers/channels.ts';
import { claimsRouter } from './routers/claims.ts';
import { commentsRouter } from './routers/comments.ts';
import { connectionsRouter } from './routers/connections.ts';
import { debugRouter } from './routers/debug.ts';
import { itemsRouter } from './routers/items.ts';
import { liveRouter } from './routers/live.ts';
import { membersRouter } from './routers/members.ts';
import { rehearsalsRouter } from './routers/rehearsals.ts';
import { replayRouter } from './routers/replay.ts';
import { settingsRouter } from './routers/settings.ts';
import { showsRouter } from './routers/shows.ts';
import { summaryRouter } from './routers/summary.ts';

const areas = {
	auth: authRouter,
	shows: showsRouter,
	items: itemsRouter,
	claims: claimsRouter,
	comments: commentsRouter,
	buyers: buyersRouter,
	live: liveRouter,
	channels: channelsRouter,
	connections: connectionsRouter,
	rehearsals: rehearsalsRouter,
	audit: auditRouter,
	replay: replayRouter,
	summary: summaryRouter,
	settings: settingsRouter,
	members: membersRouter,
	account: accountRouter
};

/** The API as production has it. */
export const appRouter = router(areas);

/** The API with the debug procedures, for development and tests. */
export const devRouter = router({ ...areas, debug: debugRouter });

/** What clients are typed with (import it as a type only). */
export type AppRouter = typeof appRouter;
export type DevRouter = typeof devRouter;

/** The router that the server answers with: in production the debug procedures don't exist. */
export function routerFor(environment: Config['environment']): AppRouter {
	return environment === 'production' ? appRouter : devRouter;
}
