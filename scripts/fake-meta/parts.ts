import type { Knobs } from './admin/knobs.ts';
import type { Failures } from './http/failures.ts';
import type { Calls } from './http/calls.ts';
import type { MetaApp } from './oauth/app.ts';
import type { CodeStore } from './oauth/codes.ts';
import type { TokenStore } from './oauth/tokens.ts';
import type { FakeClock } from './world/clock.ts';
import type { World } from './world/world.ts';

/** What the fake is made of; every handler gets it. */
export type Parts = {
	readonly app: MetaApp;
	readonly seed: number;
	/** `http://127.0.0.1:PORT`; known once the server listens. */
	readonly origin: () => string;
	/** Changes when all cursors that were given out die. */
	readonly cursorEpoch: () => number;
	readonly clock: FakeClock;
	readonly world: World;
	readonly knobs: Knobs;
	readonly tokens: TokenStore;
	readonly codes: CodeStore;
	readonly calls: Calls;
	readonly failures: Failures;
};
