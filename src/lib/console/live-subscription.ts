import { describeFailure, refusalCode } from './api.ts';
import type { Api } from './api.ts';
import type { LiveSource } from './live-source.ts';

/** Refusals that trying again can't lift. */
const PERMANENT = new Set(['SIGNED_OUT', 'FORBIDDEN', 'SHOW_NOT_FOUND', 'BAD_ORIGIN']);
/** After so many failed connections in a row, ask over HTTP whether the member is still signed in. */
const ATTEMPTS_BEFORE_ASKING = 2;

/** The show's events over the API's subscription. The client resumes by itself after a lost connection. */
export function liveSubscription(api: Api, showId: string): LiveSource {
	return (lastEventId, handlers) => {
		const { client } = api;
		let failedAttempts = 0;
		const end = (error: unknown): void => {
			subscription.unsubscribe();
			const code = refusalCode(error);
			handlers.onEnd({
				message: describeFailure(error),
				permanent: code !== null && PERMANENT.has(code)
			});
		};
		// A socket is refused at the upgrade without a reason that a page may read.
		const askWhetherSignedIn = async (): Promise<void> => {
			const member = await client.auth.me.query().catch(() => undefined);
			if (member !== null) return;
			subscription.unsubscribe();
			handlers.onEnd({ message: 'You were signed out. Sign in to go on.', permanent: true });
		};
		const subscription = client.live.show.subscribe(
			{ showId, lastEventId },
			{
				onData: ({ data }) => {
					failedAttempts = 0;
					handlers.onMessage(data);
				},
				onConnectionStateChange: ({ state, error }) => {
					if (state !== 'connecting') return;
					handlers.onReconnecting();
					if (error && ++failedAttempts === ATTEMPTS_BEFORE_ASKING) void askWhetherSignedIn();
				},
				onError: end,
				onComplete: () => handlers.onEnd(null)
			}
		);
		return () => subscription.unsubscribe();
	};
}
