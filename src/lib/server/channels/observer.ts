/** Hears of what comes from the platforms, for metrics. */
export type ChannelObserver = {
	/** A path brought comments: `known` ones had come by another path, or before. */
	readonly offered: (
		platform: string,
		path: 'poll' | 'stream' | 'webhook',
		counts: { readonly fresh: number; readonly known: number }
	) => void;
	/** A comment counts now; `postedAt`: platform time, epoch ms. */
	readonly commentFed: (platform: string, postedAt: number) => void;
	/** A poll ended: `ok`, or a `MetaErrorKind`; how much of the limits is used up, if that was told. */
	readonly polled: (platform: string, result: string, usagePercent: number | null) => void;
	readonly webhookReceived: (result: 'accepted' | 'forged' | 'busy' | 'failed') => void;
};
