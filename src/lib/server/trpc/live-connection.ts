/** A console's socket, as far as procedures may touch it. */
export type LiveConnection = {
	readonly id: string;
	/** Bytes that were sent but that the client has not taken yet. */
	bufferedBytes(): number;
	/** The same without the last snapshot of each subscription: how far the client is behind. */
	backlogBytes(): number;
	/** Cuts the socket without a goodbye: the client connects again and resumes from its last event. */
	terminate(): void;
	/**
	 * Counts one more subscription until it is disposed of.
	 * Throws `RATE_LIMITED` when the connection has too many.
	 */
	claimSubscription(): LiveSubscription;
};

/** A show that a socket follows. */
export type LiveSubscription = Disposable & {
	/** Has a snapshot of this size count apart, in place of the one before. */
	snapshotSent(bytes: number): void;
};
