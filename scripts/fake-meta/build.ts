import type { Machinery } from './admin/define-switch.ts';
import { Knobs } from './admin/knobs.ts';
import { Calls } from './http/calls.ts';
import { Failures } from './http/failures.ts';
import type { MetaApp } from './oauth/app.ts';
import { CodeStore } from './oauth/codes.ts';
import { TokenStore } from './oauth/tokens.ts';
import type { Parts } from './parts.ts';
import { LiveCommentStreams } from './streams/live-comments.ts';
import { AppSubscriptions } from './webhooks/app-subscription.ts';
import { Attacks } from './webhooks/attacks.ts';
import { WebhookSender } from './webhooks/sender.ts';
import { FakeClock } from './world/clock.ts';
import { World } from './world/world.ts';

const DEFAULT_APP: MetaApp = {
	appId: '1234567890123456',
	appSecret: 'test_app_secret',
	instagramAppId: '6543210987654321',
	instagramAppSecret: 'test_instagram_app_secret',
	verifyToken: 'test_verify_token',
	redirectUris: null
};

/** Puts the fake's parts together. */
export function buildMachinery(about: {
	readonly seed: number;
	readonly app: Partial<MetaApp>;
	readonly origin: () => string;
}): Machinery {
	const { seed, origin } = about;
	let cursorEpoch = 1;
	const clock = new FakeClock();
	const tokens = new TokenStore(seed, clock);
	const parts: Parts = {
		app: { ...DEFAULT_APP, ...about.app },
		seed,
		origin,
		cursorEpoch: () => cursorEpoch,
		clock,
		world: new World(seed, clock),
		knobs: new Knobs(),
		tokens,
		codes: new CodeStore(clock, tokens),
		calls: new Calls(),
		failures: new Failures(seed)
	};
	const subscriptions = new AppSubscriptions(parts);
	const sender = new WebhookSender(parts, subscriptions);
	return {
		...parts,
		streams: new LiveCommentStreams(parts),
		subscriptions,
		sender,
		attacks: new Attacks(parts, sender.deliveries, subscriptions),
		killCursors: () => {
			cursorEpoch++;
		}
	};
}
