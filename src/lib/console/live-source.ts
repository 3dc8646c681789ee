import type { LiveMessage } from '../domain/live-show.ts';

/** Why a subscription can't go on by itself. */
export type LiveFailure = {
	/** For the operator: what happened and what to do. */
	readonly message: string;
	/** Trying again would fail the same way, e.g. after signing out elsewhere. */
	readonly permanent: boolean;
};

export type LiveHandlers = {
	onMessage(message: LiveMessage): void;
	/** The connection was lost and is being made again; messages continue where they stopped. */
	onReconnecting(): void;
	/** The subscription is over. No other call follows. */
	onEnd(failure: LiveFailure | null): void;
};

/** Subscribes to a show from a position (`<epoch>:<seq>`, null for a snapshot). Returns the way out. */
export type LiveSource = (lastEventId: string | null, handlers: LiveHandlers) => () => void;
