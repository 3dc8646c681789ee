import type { ChannelReason, ChannelStatus } from '../../domain/events.ts';
import type { MetaError } from './meta/errors.ts';
import { MIN_PAUSE_MS, retryDelay } from './pace.ts';

/** What a failed read means for its channel (PLATFORMS 1.8). */
export type Fault = {
	readonly status: ChannelStatus;
	readonly reason: ChannelReason;
	readonly detail: string;
	/** When to try again; null: not before somebody does something about it. */
	readonly retryMs: number | null;
	/** The platform no longer takes the connection's token. */
	readonly tokenDied: boolean;
	/** Whether the broadcast's status should be looked at: it may be over. */
	readonly checkStatus: boolean;
};

const PERMISSION_RETRY_MS = 60_000;
const BLOCKED_RETRY_MS = 30 * 60_000;
const REQUEST_RETRY_MS = 30_000;
/** Failures in a row until a passing disturbance is shown to the operator. */
const VISIBLE_FAILURES = 3;

/** `failures`: reads in a row that failed, this one included. */
export function channelFault(error: MetaError, failures: number): Fault {
	const common = { detail: error.explanation, tokenDied: false, checkStatus: false };
	switch (error.kind) {
		case 'needs_reauth':
			return {
				...common,
				status: 'disconnected',
				reason: 'needs_reauth',
				retryMs: null,
				tokenDied: true
			};
		case 'permission':
			return {
				...common,
				status: 'degraded',
				reason: 'permission',
				retryMs: PERMISSION_RETRY_MS
			};
		case 'throttled':
			return {
				...common,
				status: 'degraded',
				reason: 'throttled',
				retryMs: Math.max(error.retryAfterMs ?? 0, MIN_PAUSE_MS)
			};
		case 'blocked':
			return { ...common, status: 'degraded', reason: 'throttled', retryMs: BLOCKED_RETRY_MS };
		case 'unknown_id':
			return { ...common, status: 'disconnected', reason: 'not_found', retryMs: null };
		case 'not_found':
		case 'bad_request':
			return {
				...common,
				status: 'degraded',
				reason: error.kind === 'not_found' ? 'not_found' : 'platform',
				retryMs: REQUEST_RETRY_MS,
				checkStatus: true
			};
		case 'transient':
			return {
				...common,
				status: failures < VISIBLE_FAILURES ? 'connected' : 'degraded',
				reason: 'platform',
				retryMs: retryDelay(failures)
			};
	}
}
