/**
 * How soon another worker takes over what a dead or frozen one had begun: within twelve seconds, where
 * BullMQ's defaults take a minute. A comment whose webhook was answered waits for this. A worker that was only
 * slow may find its job done by somebody else: these jobs bear being done twice.
 *
 * BullMQ gives a job up for good when its worker died more often than `maxStalledCount`, 1 by default. A
 * webhook comes but once, so two crashes in a row must not be its end.
 */
export const TAKE_OVER = {
	lockDuration: 6_000,
	stalledInterval: 3_000,
	maxStalledCount: 20
} as const;
