import { tracked } from '@trpc/server';
import type { TrackedEnvelope } from '@trpc/server';
import { parsePosition } from '../../domain/events.ts';
import type { LiveMessage } from '../../domain/live-show.ts';
import { AppError } from '../errors.ts';
import { SlowSubscriberError } from '../realtime/hub-types.ts';
import type { LiveConnection } from './live-connection.ts';
import type { ShowView } from './show-controls.ts';

/** How often a stream asks whether its member is still signed in. */
const SESSION_CHECK_MS = 60_000;
/**
 * A client this far behind is cut: it costs less to let it resume than to keep its backlog. A snapshot counts
 * apart: one that is larger would else be cut at the next event, and a busy show never be seen.
 */
const MAX_BACKLOG_BYTES = 4 * 1024 * 1024;

export type StreamOptions = {
	readonly view: Pick<ShowView, 'subscribe'>;
	readonly lastEventId: string | null;
	/** Null for a caller in this process. */
	readonly connection: LiveConnection | null;
	readonly signal: AbortSignal;
	/** Whether the member is still signed in and in the show's workspace. */
	readonly mayWatch: () => Promise<boolean>;
	/** Calls back when the member's rights changed, until the returned function is called. */
	readonly onAccessChange: (listener: () => void) => () => void;
	/** Told when `mayWatch` failed; the stream goes on, since an outage is no sign-out. */
	readonly onCheckFailed: (error: unknown) => void;
	readonly sessionCheckMs?: number;
};

/**
 * Forwards a show's batches to one console. Ends by throwing `SIGNED_OUT` when the session is over. In
 * every other case but the client's own wish the socket is cut rather than the stream ended: a client
 * that is told "complete" does not come back, one that is cut resumes.
 */
export async function* streamShow(
	options: StreamOptions
): AsyncGenerator<TrackedEnvelope<LiveMessage>, void, undefined> {
	const { view, connection, signal } = options;
	using subscription = connection?.claimSubscription();
	let signedOut = false;
	// Not AbortSignal.any, which costs each delivery and each console's memory.
	const ending = new AbortController();
	const end = (): void => ending.abort();
	const check = (): void => {
		options.mayWatch().then((allowed) => {
			signedOut ||= !allowed;
			if (signedOut) end();
		}, options.onCheckFailed);
	};
	signal.addEventListener('abort', end, { once: true });
	if (signal.aborted) end();
	const timer = setInterval(check, options.sessionCheckMs ?? SESSION_CHECK_MS);
	timer.unref();
	const unfollow = options.onAccessChange(check);
	try {
		const batches = view.subscribe({
			resumeFrom: options.lastEventId === null ? null : parsePosition(options.lastEventId),
			signal: ending.signal
		});
		for await (const { id, message } of batches) {
			if ((connection?.backlogBytes() ?? 0) > MAX_BACKLOG_BYTES) throw new SlowSubscriberError();
			const before = connection?.bufferedBytes() ?? 0;
			// Whoever asks for the next one has sent this one.
			yield tracked(id, message);
			if (message.kind !== 'snapshot') continue;
			subscription?.snapshotSent(Math.max(0, (connection?.bufferedBytes() ?? 0) - before));
		}
	} catch (error) {
		const cut = error instanceof SlowSubscriberError && connection !== null;
		if (!cut && !signedOut) throw error;
	} finally {
		signal.removeEventListener('abort', end);
		clearInterval(timer);
		unfollow();
	}
	if (signedOut) throw new AppError('SIGNED_OUT');
	if (!signal.aborted) connection?.terminate();
}
